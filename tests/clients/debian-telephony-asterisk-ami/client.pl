# Telephony::Asterisk::AMI: a client that blocks. Events are read while it waits for an answer, or asked for.
use strict;
use warnings;
use Telephony::Asterisk::AMI ();

$| = 1;
my ($ami, @seen);

sub client {
    my ($secret) = @_;
    return Telephony::Asterisk::AMI->new(
        Host => $ENV{CLIENT_HOST}, Port => $ENV{CLIENT_PORT}, Username => $ENV{CLIENT_USER},
        Secret => $secret, Event_Callback => sub { push @seen, $_[0] },
    );
}

sub action {
    my $answer = $ami->action(@_);
    die $answer->{Message} . "\n" if $answer->{Response} eq 'Error';
    return $answer;
}

# Reads on until an event passes the test; gives all of them.
sub until_event {
    my ($test) = @_;
    while (!grep { $test->($_) } @seen) {
        my $message = $ami->read_response;
        die $ami->error . "\n" if ($message->{Response} // '') eq 'Error' && !$message->{Event};
        push @seen, $message;
    }
    return @seen;
}

my %steps = (
    'login' => sub {
        $ami = client($ENV{CLIENT_SECRET});
        $ami->connect or die $ami->error . "\n";
        return;
    },
    'ping' => sub { return action(Action => 'Ping')->{Ping} },
    'command' => sub {
        my $output = action(Action => 'Command', Command => $_[0])->{Output};
        return ref $output ? @$output : $output;
    },
    'list' => sub {
        @seen = ();
        my $id = action(Action => 'CoreShowChannels')->{ActionID};
        my @events = until_event(sub { ($_[0]{Event} // '') eq 'CoreShowChannelsComplete' });
        return map { $_->{Channel} }
            grep { ($_->{Event} // '') eq 'CoreShowChannel' && $_->{ActionID} eq $id } @events;
    },
    'watch' => sub { @seen = (); return },
    'events' => sub {
        my ($last) = @_;
        my @events = until_event(sub { ($_[0]{Event} // '') eq 'Hangup' && $_[0]{Channel} eq $last });
        return map { ($_->{Event} // '-') . ' ' . ($_->{Channel} // '-') } @events;
    },
    'originate' => sub {
        @seen = ();
        action(Action => 'Originate', Channel => $_[0], Context => 'lab', Exten => 'wait', Priority => 1,
            Async => 'true');
        my @events = until_event(sub { ($_[0]{Event} // '') eq 'OriginateResponse' });
        return @{ $events[-1] }{qw(Response Channel)};
    },
    'wrong-secret' => sub {
        my $other = client("not-$ENV{CLIENT_SECRET}");
        return $other->connect ? 'logged in' : $other->error;
    },
);
$steps{reconnect} = sub { $steps{login}->(); return $steps{ping}->() };

while (my $line = <STDIN>) {
    chomp $line;
    my ($name, @words) = split /\t/, $line;
    my @values = eval { $steps{$name}->(@words) };
    if ($@) {
        (my $why = $@) =~ s/\s+/ /g;
        print "fail $name: $why\n";
    } else {
        print join("\t", "ok $name", @values), "\n";
    }
}
