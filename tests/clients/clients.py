"""The clients: where each comes from, the dialect it was made for, and what to expect of it."""
import dataclasses
import os

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = os.path.join(os.path.dirname(os.path.dirname(HERE)), '.clients')

STEPS = ('login', 'ping', 'command', 'list', 'events', 'originate', 'wrong-secret', 'reconnect')
REFUSED = 'Authentication failed'


@dataclasses.dataclass(frozen=True)
class Command:
    """How a client's program is started."""
    words: tuple
    environment: dict = dataclasses.field(default_factory=dict, hash=False)


@dataclasses.dataclass(frozen=True)
class Client:
    """One client of somebody else's.

    `lacks` names the steps its API has nothing for, and why; `refusal` is what it tells of a wrong
    secret; `unknown_events` are names of a call's events that it has no class for and passes over;
    `keeps_last_line` says that of a header told many times, as console output is, it keeps the last.
    """
    name: str
    version: str
    language: str
    registry: str
    dialects: tuple
    command: Command
    lacks: dict = dataclasses.field(default_factory=dict, hash=False)
    more: tuple = ()
    refusal: str = REFUSED
    unknown_events: tuple = ()
    keeps_last_line: bool = False
    note: str = ''

    @property
    def steps(self):
        return [step for step in STEPS + self.more if step not in self.lacks]


def python(name):
    path = [os.path.join(KEPT, 'python', name), HERE]
    return Command((os.path.join(os.path.dirname(KEPT), '.venv', 'bin', 'python'), '-u',
                    os.path.join(HERE, f'pypi-{name}', 'client.py')), {'PYTHONPATH': os.pathsep.join(path)})


def node(name):
    return Command(('node', '--no-deprecation', os.path.join(HERE, f'npm-{name}', 'client.js')),
                   {'NODE_PATH': os.path.join(KEPT, 'node', 'node_modules')})


def rust(name):
    return Command((os.path.join(KEPT, 'crates', 'debug', name),))


CLIENTS = (
    Client('panoramisk', '1.4', 'Python', 'PyPI', ('22',), python('panoramisk')),
    Client('asterisk-ami', '0.1.7', 'Python', 'PyPI', ('22', '1.8'), python('asterisk-ami')),
    Client('pystrix', '1.3.0', 'Python', 'PyPI', ('1.8',), python('pystrix')),
    Client('astami', '1.1.0', 'Python', 'PyPI', ('22',), python('astami'),
           lacks={'list': 'gives the first answer alone', 'events': 'has no API for events'}),
    Client('pyst2', '0.5.1', 'Python', 'PyPI', ('1.8',), python('pyst2')),
    Client('asterisk-manager', '0.2.0', 'JavaScript', 'npm', ('22', '1.8'), node('asterisk-manager')),
    Client('asterisk-ami-client', '1.1.5', 'JavaScript', 'npm', ('1.8',), node('asterisk-ami-client')),
    Client('yana', '0.3.0', 'JavaScript', 'npm', ('22', '1.8'), node('yana')),
    Client('ruby_ami', '2.4.0', 'Ruby', 'Debian', ('1.8',),
           Command(('ruby', '-W0', os.path.join(HERE, 'debian-ruby-ami', 'client.rb')))),
    Client('Telephony::Asterisk::AMI', '0.006', 'Perl', 'Debian', ('22',),
           Command(('perl', os.path.join(HERE, 'debian-telephony-asterisk-ami', 'client.pl')))),
    Client('asterisk-rs-ami', '0.8.0', 'Rust', 'crates.io', ('22',), rust('asterisk-rs-ami'),
           keeps_last_line=True, note='keeps the last line of a command in this dialect'),
    Client('asterisk-manager', '2.1.3', 'Rust', 'crates.io', ('22',), rust('asterisk-manager')),
    Client('asterisk-ami', '0.1.8', 'Rust', 'crates.io', ('22',), rust('asterisk-ami')),
    Client('Asterisk-Java', '3.41.0', 'Java', 'Maven Central', ('22',),
           Command(('java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto', '-cp',
                    os.pathsep.join([os.path.join(KEPT, 'java', 'classes'),
                                     os.path.join(KEPT, 'java', 'lib', '*')]), 'Client')),
           more=('live',)),
)
