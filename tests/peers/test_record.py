"""A server that is recorded, over real sockets; and what the recordings come to when they are replayed."""
import os
import signal
import subprocess
import urllib.request

from lab import SWITCHROOM, LabTest, golden

SECRETS = ['admin-secret', 'quiet-secret', 'hunter2', 'swordfish', 'open-sesame', 'alice-secret']

# What a session is told outside of the order of events.
OWN = ['FullyBooted', 'ChannelHungup', 'ChannelsHungupListComplete']


def switchroom(*arguments):
    return subprocess.run([SWITCHROOM, *arguments], capture_output=True, timeout=60)


def messages(text):
    """The messages in a text, each as its lines."""
    return [message.split('\r\n') for message in text.split('\r\n\r\n') if message]


class Recorded(LabTest):
    def setUp(self):
        super().setUp()
        self.file = os.path.join(self.lab.etc, 'bug.rec')

    def text(self):
        with open(self.file, encoding='utf-8') as file:
            return file.read()

    def end(self):
        """Ends the server in good order."""
        self.lab.server.send_signal(signal.SIGTERM)
        self.assertEqual(self.lab.server.wait(20), 0)

    def replay(self, code=0):
        done = switchroom('replay', self.file)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done.stdout.decode(), done.stderr.decode()

    def change(self, old, new):
        """Changes one place of the file."""
        text = self.text()
        self.assertIn(old, text)
        with open(self.file, 'w', encoding='utf-8') as file:
            file.write(text.replace(old, new, 1))


class RecordSwitchTest(Recorded):
    command = f'"{SWITCHROOM}" -f -C "$LAB_ETC/asterisk.conf" --record "$LAB_ETC/bug.rec"'

    def live(self):
        """Phones call, managers ask, the configuration changes; what a manager was told of it."""
        watcher = self.connect()
        self.phone('bob', 'register', expires=300)
        self.hung_up('bob')
        self.phone('bob', 'answer')
        self.phone('alice', 'call-wait', to=102)
        self.event(watcher, 'BridgeEnter', BridgeNumChannels='2')
        self.ask(watcher, 'DBPut', Family='trunk', Key='password', Val='hunter2')
        self.ask(watcher, 'DBPut', Family='trunk', Key='prefix', Val='0049')
        self.ask(watcher, 'Setvar', Variable='GATE_TOKEN', Value='swordfish')
        self.ask(watcher, 'Originate', Channel='Local/vars@lab', Application='Wait', Data='1',
                 Variable='MY_SECRET=open-sesame,COPY=${DB(trunk/password)}', Async='true')
        self.event(watcher, 'OriginateResponse', Response='Success')
        self.ask(watcher, 'Reload')
        self.event(watcher, 'Reload', Status='0')
        self.ask(watcher, 'UserEvent', UserEvent='Said', Words='it is swordfish')
        self.ask(watcher, 'Hangup', Channel='/.*/')
        for name in ('alice', 'bob'):
            self.hung_up(name)
        self.ask(watcher, 'UserEvent', UserEvent='Last')
        self.event(watcher, 'UserEvent', UserEvent='Last')
        return watcher

    def test_a_fresh_switch_tells_the_same(self):
        watcher = self.live()
        self.end()
        told, end = self.replay()
        self.assertRegex(end, r'bug\.rec: \d+ events, as recorded; the server ended\n')
        self.assertEqual(os.stat(self.file).st_mode & 0o777, 0o600)
        # What a manager was told in its session is what is told again: in order, letter for letter.
        heard = [[f'{name}: {value}' for name, value in message] for message in watcher.messages
                 if message[0][0] == 'Event' and golden.get(message, 'Event') not in OWN]
        heard = heard[:next(i for i, m in enumerate(heard) if 'UserEvent: Last' in m) + 1]
        replayed = messages(told)
        start = replayed.index(heard[0])
        self.assertGreater(len(heard), 50)
        for ours, theirs in zip(heard, replayed[start:]):
            if not any('masked' in line for line in theirs):
                self.assertEqual(ours, theirs)
            self.assertEqual(ours[0], theirs[0])
        for secret in SECRETS:
            self.assertNotIn(secret, self.text())
            self.assertNotIn(secret, told)
        self.assertIn('0049', self.text())
        self.assertRegex(told, r'Words: it is masked-\d')

    def test_a_changed_byte_is_told(self):
        self.ask(self.connect(), 'UserEvent', UserEvent='Colour', Is='green')
        self.end()
        self.replay()
        self.change('green', 'groen')
        _, reason = self.replay(1)
        self.assertRegex(reason, r'bug\.rec: line \d+: its checksum is another')

    def test_what_a_killed_server_did_is_replayed(self):
        connection = self.connect()
        self.ask(connection, 'Originate', Channel='Local/short@lab', Application='Wait', Data='1')
        self.event(connection, 'Hangup')
        self.kill()
        told, end = self.replay()
        self.assertIn('the server was killed', end)
        self.assertIn('Event: Newchannel\r\n', told)

    def test_a_new_start_leaves_the_recording_as_it_is(self):
        self.end()
        before = self.text()
        self.lab.server = subprocess.Popen(
            [SWITCHROOM, '-f', '-C', os.path.join(self.lab.etc, 'asterisk.conf'), '--record', self.file],
            stdin=subprocess.DEVNULL, stdout=self.lab.log, stderr=self.lab.log, cwd=self.lab.dir,
            start_new_session=True)
        self.lab.boot()
        self.assertEqual(self.text(), before)
        self.end()
        self.file += '.1'
        self.replay()


class RecordSessionsTest(Recorded):
    def record(self, *arguments):
        """Records sessions, from when the server has begun to."""
        config = os.path.join(self.lab.etc, 'asterisk.conf')
        recorder = subprocess.Popen([SWITCHROOM, '-C', config, 'record', *arguments, self.file],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(recorder.stdout.close)
        self.addCleanup(recorder.stderr.close)
        self.addCleanup(recorder.wait)
        self.addCleanup(recorder.kill)
        self.assertIn(b'recording', recorder.stderr.readline())
        return recorder

    def test_a_conversation_is_kept_without_its_secrets(self):
        recorder = self.record()
        connection = self.connect()
        self.ask(connection, 'DBPut', Family='a', Key='b', Val='hunter2')
        self.ask(connection, 'UserEvent', UserEvent='Said', Words='hunter2 and admin-secret')
        self.event(connection, 'UserEvent')
        self.ask(connection, 'Ping')
        login = f"http://127.0.0.1:{self.lab.ports['HTTP']}/rawman?action=login&username=quiet&secret=quiet-secret"
        with urllib.request.urlopen(login, timeout=10) as answer:
            self.assertIn(b'Authentication accepted', answer.read())
        recorder.send_signal(signal.SIGINT)
        self.assertEqual(recorder.wait(60), 0)
        told, _ = self.replay()
        for line in ['> Action: Login', '> Username: admin', '> Secret: masked-1', '< Message: Authentication accepted',
                     '> Val: masked-2', '< Event: UserEvent', '< Words: masked-2 and masked-1',
                     '> Action: Ping', '> username: quiet']:
            self.assertIn(line + '\n', told)
        for secret in SECRETS:
            self.assertNotIn(secret, self.text())

    def test_one_account_is_recorded_for_a_time(self):
        recorder = self.record('--session', 'quiet', '--time', '5s')
        for user in ('admin', 'quiet'):
            self.ask(self.connect(user), 'Ping')
        self.assertEqual(recorder.wait(60), 0)
        told, end = self.replay()
        self.assertEqual(told.count('> Action: Ping'), 1)
        self.assertIn('it was asked to end', end)

    def test_one_recording_at_a_time_and_none_without_a_server(self):
        self.record()
        config = os.path.join(self.lab.etc, 'asterisk.conf')
        other = switchroom('-C', config, 'record', self.file + '.other')
        self.assertIn(b'another recording is under way', other.stdout + other.stderr)
        taken = switchroom('-C', config, 'record', self.file)
        self.assertEqual(taken.returncode, 1)
        self.assertIn(b'exists', taken.stderr)
        self.kill()
        gone = switchroom('-C', config, 'record', self.file + '.gone')
        self.assertEqual(gone.returncode, 1)
        self.assertIn(b'no server answers', gone.stderr)
