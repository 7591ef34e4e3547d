"""One run of one client: a server of its own, its program, and what each step must tell."""
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(TESTS, 'golden'))
import golden  # noqa: E402

USER, SECRET = 'client', 'client-secret'
ACCOUNT = f'''
[{USER}]
secret = {SECRET}
read = all
write = all
'''

# What a call is made of. Records and states reach the manager by a road of their own.
OF_A_CALL = {
    '22': ['Newchannel', 'LocalBridge', 'Newexten', 'Newstate', 'DialBegin', 'DialEnd', 'BridgeCreate',
           'BridgeEnter', 'BridgeLeave', 'BridgeDestroy', 'Hangup'],
    '1.8': ['Newchannel', 'LocalBridge', 'Newexten', 'Newstate', 'Dial', 'Bridge', 'Unlink', 'Hangup'],
}
# and what must be among that
SURELY = {'22': {'Newchannel', 'DialBegin', 'BridgeEnter', 'Hangup'},
          '1.8': {'Newchannel', 'Dial', 'Bridge', 'Hangup'}}
COMMAND = 'core show channels'
PATIENCE = {'reconnect': 40}


class Failed(Exception):
    """A step that told something else than the truth, or nothing."""


class Server(golden.Lab):
    """The laboratory of the recorded scenarios with an account for clients, in one dialect."""

    def __init__(self, binary, dialect):
        self.command = f'"{binary}" -f -C "$LAB_ETC/asterisk.conf"'
        with tempfile.TemporaryDirectory() as folder:
            etc = os.path.join(folder, 'etc')
            shutil.copytree(os.path.join(TESTS, 'golden', 'etc'), etc)
            path = os.path.join(etc, 'manager.conf')
            with open(path) as file:
                text = file.read() + ACCOUNT
            if dialect != '22':
                text = text.replace('[general]\n', f'[general]\ndialect = {dialect}\n', 1)
                text += f'dialect = {dialect}\n'
            with open(path, 'w') as file:
                file.write(text)
            super().__init__(self.command, etc)

    def restart(self):
        """Ends the server as an administrator would and starts it again, on the same ports."""
        os.killpg(self.server.pid, signal.SIGTERM)
        self.server.wait(10)
        env = dict(os.environ, **{'LAB_' + key: value for key, value in self.values.items()})
        self.server = subprocess.Popen(
            ['sh', '-c', 'exec ' + self.command], env=env, cwd=self.dir, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, start_new_session=True)
        self.boot()

    def said(self):
        """The end of what the server logged."""
        with open(self.log.name, errors='replace') as file:
            return file.read()[-1500:]


class Observer(golden.Connection):
    """What the wire says, from a plain connection of the same account."""

    def __init__(self, port):
        super().__init__(port)
        self.count = 0
        self.ask('Login', Username=USER, Secret=SECRET)

    def ask(self, action, **headers):
        """Sends an action and gives its response."""
        self.count += 1
        ident = f'observer-{self.count}'
        lines = [f'Action: {action}', f'ActionID: {ident}', *(f'{k}: {v}' for k, v in headers.items())]
        self.sock.sendall(('\r\n'.join(lines) + '\r\n\r\n').encode())
        answer = self.wait(lambda m: m[0][0] == 'Response' and golden.get(m, 'ActionID') == ident, 15)
        if answer is None:
            raise Failed(f'no answer to our own {action}')
        return answer

    def event(self, name, seconds=15, **headers):
        """Waits for an event with these values."""
        found = self.wait(lambda m: golden.get(m, 'Event') == name and all(
            golden.get(m, key) == value for key, value in headers.items()), seconds)
        if found is None:
            raise Failed(f'no event {name} {headers} on our own connection')
        return found

    def channels(self):
        """The channels there are, as lists tell them."""
        self.ask('CoreShowChannels')
        ident = f'observer-{self.count}'
        self.event('CoreShowChannelsComplete', ActionID=ident)
        return [m for m in list(self.messages)
                if golden.get(m, 'Event') == 'CoreShowChannel' and golden.get(m, 'ActionID') == ident]

    def output(self, command):
        """The lines a console command prints, in either dialect's form."""
        answer = self.ask('Command', Command=command)
        if golden.get(answer, 'Response') != 'Follows':
            return [value for name, value in answer if name == 'Output']
        text = '\r\n'.join(f'{n}: {v}' if n else v for n, v in answer[3:])
        return text.split('\n--END COMMAND--')[0].rstrip('\r\n').split('\n')

    def originate(self, **headers):
        """Makes a call from a waiting Local channel; gives its OriginateResponse."""
        self.ask('Originate', Context='lab', Priority='1', Async='true', **headers)
        return self.event('OriginateResponse', ActionID=f'observer-{self.count}')


class Program:
    """A client's program: one step a line in, one line a step out."""

    def __init__(self, command, server):
        environment = dict(os.environ, CLIENT_HOST='127.0.0.1', CLIENT_PORT=str(server.ports['AMI']),
                           CLIENT_TLS_PORT=str(server.ports['AMI_TLS']), CLIENT_USER=USER,
                           CLIENT_SECRET=SECRET, CLIENT_TRUSTS=os.path.join(server.etc, 'lab.pem'),
                           **command.environment)
        self.noise = open(os.path.join(server.dir, 'client.log'), 'w+')
        self.process = subprocess.Popen(command.words, env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.noise, text=True, bufsize=1,
                                        start_new_session=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            if line.startswith(('ok ', 'fail ')):
                self.lines.put(line.rstrip('\n'))
            else:
                self.noise.write(line)
        self.lines.put(None)

    def step(self, name, *arguments):
        """Has the program do a step; gives the values it tells."""
        try:
            self.process.stdin.write('\t'.join([name, *arguments]) + '\n')
            self.process.stdin.flush()
            line = self.lines.get(timeout=PATIENCE.get(name, 20))
        except queue.Empty:
            raise Failed('told nothing in time') from None
        except OSError:
            line = None
        if line is None:
            self.noise.seek(0)
            raise Failed('the program ended: ' + self.noise.read()[-600:].strip())
        told, *values = line.split('\t')
        if told != f'ok {name}':
            raise Failed(line)
        return values

    def stop(self):
        """Ends the program; it may take its time to log off."""
        try:
            self.process.stdin.close()
            self.process.wait(3)
        except (OSError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.noise.close()


def entry(item, items):
    """A channel of a list: its name, its state, and whom it talks to."""
    name, bridge = golden.get(item, 'Channel'), golden.get(item, 'BridgeId')
    peers = [golden.get(other, 'Channel') for other in items
             if other is not item and bridge and golden.get(other, 'BridgeId') == bridge]
    peer = golden.get(item, 'BridgedChannel') or ','.join(peers) or '-'
    return f'{name} {golden.get(item, "ChannelStateDesc").upper()} {peer}'


class Session:
    """Takes a client through all steps. What a step tells is compared with what the wire told us."""

    def __init__(self, binary, client, dialect):
        self.client, self.dialect = client, dialect
        self.server = Server(binary, dialect)
        self.program = self.observer = None

    def run(self):
        """The outcome of each step: None, or why it failed."""
        outcomes = {}
        try:
            self.server.boot()
            self.observer = Observer(self.server.ports['AMI'])
            self.program = Program(self.client.command, self.server)
            for step in self.client.steps(self.dialect):
                try:
                    getattr(self, step.replace('-', '_'))()
                    outcomes[step] = None
                except Failed as failure:
                    outcomes[step] = str(failure)
        except (OSError, RuntimeError) as error:
            outcomes['login'] = f'{error}'
        finally:
            if self.program:
                self.program.stop()
            if any(outcomes.values()) and os.environ.get('CLIENTS_VERBOSE'):
                print(self.server.said(), file=sys.stderr)
            self.server.stop()
        return outcomes

    def same(self, told, truth):
        if told != truth:
            raise Failed(f'told {told}, the wire says {truth}')

    # -- steps ---------------------------------------------------------------------------------

    def login(self):
        self.program.step('login')

    def ping(self):
        self.same(self.program.step('ping'), ['Pong'])

    def command(self):
        truth = [line.rstrip() for line in self.observer.output(COMMAND)]
        if len(truth) < 3:
            raise Failed(f'our own {COMMAND} gave {truth}')
        told = [line.rstrip() for line in self.program.step('command', COMMAND)]
        last = self.client.keeps_last_line and self.dialect == '22'
        self.same(told, truth[-1:] if last else truth)

    def list(self):
        self.observer.originate(Channel='Local/wait@lab', Exten='wait')
        truth = [golden.get(item, 'Channel') for item in self.observer.channels()]
        if not truth:
            raise Failed('our own list is empty')
        try:
            self.same(sorted(self.program.step('list')), sorted(truth))
        finally:
            self.hang_up(truth)

    def events(self):
        self.program.step('watch')
        first = len(self.observer.messages)
        answer = self.observer.originate(Channel='Local/wait@lab', Exten='dialshort')
        self.observer.event('Hangup', Uniqueid=golden.get(answer, 'Uniqueid'))
        while self.observer.channels():
            self.observer.event('Hangup')
        truth = [f'{golden.get(m, "Event")} {golden.get(m, "Channel") or "-"}'
                 for m in list(self.observer.messages)[first:] if self.of_a_call(m[0][1])]
        missing = SURELY[self.dialect] - {event.split(' ')[0] for event in truth}
        if missing:
            raise Failed(f'our own connection saw no {", ".join(sorted(missing))}')
        last = [event for event in truth if event.startswith('Hangup ')][-1].split(' ', 1)[1]
        # The end of the call before may reach a client after it was told to watch.
        channels = {event.split(' ', 1)[1] for event in truth}
        told = [event.split(' ', 1) for event in self.program.step('events', last)]
        self.same([' '.join(one) for one in told if self.of_a_call(one[0]) and one[1] in channels], truth)

    def of_a_call(self, event):
        return event in OF_A_CALL[self.dialect] and event not in self.client.unknown_events

    def originate(self):
        told = self.program.step('originate', 'Local/wait@lab')
        channels = [golden.get(item, 'Channel') for item in self.observer.channels()]
        try:
            if told[0] != 'Success':
                raise Failed(f'told {told} of a call that was answered')
            if len(told) > 1 and told[1] not in channels:
                raise Failed(f'told {told}, the channels are {channels}')
        finally:
            self.hang_up(channels)
        told = self.program.step('originate', 'Local/busy@lab')
        if told[0] == 'Success':
            raise Failed(f'told {told} of a call to someone busy')

    def hang_up(self, channels):
        for channel in channels:
            self.observer.ask('Hangup', Channel=channel)
        while self.observer.channels():
            self.observer.event('Hangup')

    def challenge(self):
        self.same(self.program.step('challenge'), ['Pong'])

    def tls(self):
        self.same(self.program.step('tls'), ['Pong'])

    def release(self):
        """The release that a client makes out, to choose what it says and expects."""
        told = self.program.step('release')
        settings = golden.get(self.observer.ask('CoreSettings'), 'AsteriskVersion') or ''
        if told != [self.dialect] or not settings.startswith(self.dialect + '.'):
            raise Failed(f'told {told} of release {settings}')

    def live(self):
        """A model of the calls that the client keeps: its channels, their states and whom they talk to."""
        self.observer.originate(Channel='Local/wait@lab/n', Exten='dialwait')
        if self.dialect == '22':
            self.observer.event('BridgeEnter', BridgeNumChannels='2')
        else:
            self.observer.event('Bridge', Bridgestate='Link')
        items = self.observer.channels()
        try:
            self.soon('live', sorted(entry(item, items) for item in items))
        finally:
            self.hang_up([golden.get(item, 'Channel') for item in items])
        self.soon('live', [])

    def soon(self, step, truth):
        """A model follows the events a little behind."""
        end = time.monotonic() + 5
        while (told := sorted(self.program.step(step))) != truth and time.monotonic() < end:
            time.sleep(0.05)
        self.same(told, truth)

    def wrong_secret(self):
        told = self.program.step('wrong-secret')
        if self.client.refusal not in ' '.join(told):
            raise Failed(f'told {told} instead of {self.client.refusal!r}')

    def reconnect(self):
        self.observer.end()
        self.server.restart()
        self.observer = Observer(self.server.ports['AMI'])
        self.same(self.program.step('reconnect'), ['Pong'])
