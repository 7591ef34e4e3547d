"""The clients: where each comes from, the dialect it was made for, and what to expect of it."""
import dataclasses
import os

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = os.path.join(os.path.dirname(os.path.dirname(HERE)), '.clients')

STEPS = ('login', 'ping', 'command', 'list', 'events', 'originate', 'wrong-secret', 'reconnect')
REFUSED = 'Authentication failed'


@dataclasses.dataclass(frozen=True, eq=False)
class Command:
    """How a client's program is started."""
    words: tuple
    environment: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, eq=False)
class Client:
    """One client of somebody else's.

    `dialects` are those it is run in, the one it was made for first, each with the steps that it has
    no way to do there, and why; `lacks` are such steps in any. `refusal` is what it tells of a wrong
    secret; `unknown_events` are those of a call that it does not ask for; `keeps_last_line` says that
    of a header told many times, as console output is in dialect 22, it keeps the last.
    """
    name: str
    version: str
    language: str
    registry: str
    dialects: dict
    command: Command
    lacks: dict = dataclasses.field(default_factory=dict)
    more: tuple = ()
    refusal: str = REFUSED
    unknown_events: tuple = ()
    keeps_last_line: bool = False
    note: str = ''

    def missing(self, dialect):
        """The steps it has no way to do, and why."""
        return {**self.lacks, **self.dialects[dialect]}

    def steps(self, dialect):
        return [step for step in STEPS + self.more if step not in self.missing(dialect)]


def python(name):
    path = [os.path.join(KEPT, 'python', name), HERE]
    return Command((os.path.join(os.path.dirname(KEPT), '.venv', 'bin', 'python'), '-u',
                    os.path.join(HERE, f'pypi-{name}', 'client.py')), {'PYTHONPATH': os.pathsep.join(path)})


def node(name):
    return Command(('node', '--no-deprecation', os.path.join(HERE, f'npm-{name}', 'client.js')),
                   {'NODE_PATH': os.path.join(KEPT, 'node', 'node_modules')})


def rust(name):
    return Command((os.path.join(KEPT, 'crates', 'debug', name),))


BOTH = {'22': {}, '1.8': {}}
OLD = {'1.8': {}, '22': {}}
HEADERS = {'command': 'reads headers alone'}

CLIENTS = (
    Client('panoramisk', '1.4', 'Python', 'PyPI', BOTH, python('panoramisk'), more=('tls',)),
    Client('asterisk-ami', '0.1.7', 'Python', 'PyPI', BOTH, python('asterisk-ami')),
    Client('pystrix', '1.3.0', 'Python', 'PyPI', OLD, python('pystrix'), more=('challenge',),
           keeps_last_line=True),
    Client('astami', '1.1.0', 'Python', 'PyPI',
           {'22': {}, '1.8': {'command': 'expects an empty line before the output'}}, python('astami'),
           lacks={'list': 'reads the first answer', 'events': 'has no API for them'}),
    Client('pyst2', '0.5.1', 'Python', 'PyPI', OLD, python('pyst2'), keeps_last_line=True),
    Client('asterisk-manager', '0.2.0', 'JavaScript', 'npm', OLD, node('asterisk-manager')),
    Client('asterisk-ami-client', '1.1.5', 'JavaScript', 'npm', OLD, node('asterisk-ami-client'),
           keeps_last_line=True),
    Client('yana', '0.3.0', 'JavaScript', 'npm', OLD, node('yana')),
    Client('ruby_ami', '2.4.0', 'Ruby', 'Debian', OLD,
           Command(('ruby', '-W0', os.path.join(HERE, 'debian-ruby-ami', 'client.rb'))), keeps_last_line=True),
    Client('Telephony::Asterisk::AMI', '0.006', 'Perl', 'Debian', {'22': {}, '1.8': HEADERS},
           Command(('perl', os.path.join(HERE, 'debian-telephony-asterisk-ami', 'client.pl')))),
    Client('asterisk-rs-ami', '0.8.0', 'Rust', 'crates.io', {'22': {}}, rust('asterisk-rs-ami'),
           more=('challenge',), keeps_last_line=True),
    Client('asterisk-manager', '2.1.3', 'Rust', 'crates.io', {'22': {}, '1.8': HEADERS},
           rust('asterisk-manager')),
    Client('asterisk-ami', '0.1.8', 'Rust', 'crates.io', {'22': {}, '1.8': HEADERS}, rust('asterisk-ami'),
           unknown_events=('Newexten',), note='asks for events of class `call` alone: it holds 32 for a reader'),
    Client('Asterisk-Java', '3.41.0', 'Java', 'Maven Central',
           {'22': {}, '1.8': {'release': 'knows releases from 13 on, and assumes 16'}},
           Command(('java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto', '-cp',
                    os.pathsep.join([os.path.join(KEPT, 'java', 'classes'),
                                     os.path.join(KEPT, 'java', 'lib', '*')]), 'Client')),
           more=('challenge', 'tls', 'release', 'live')),
)
