"""A server under test with its phones: the laboratory of the recorded scenarios, for unittest."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(TESTS, 'golden'))
import golden  # noqa: E402

SWITCHROOM = os.environ['SWITCHROOM']
os.environ.setdefault('LAB_BOOT', '0')

# The recorded scenarios have SIP over UDP alone.
TCP = '''
[tcp]
type = transport
protocol = tcp
bind = 127.0.0.1:@SIP@
'''


class LabTest(unittest.TestCase):
    """A server a test, on the configuration of the recorded scenarios."""

    # What a test adds to the configuration, by file.
    added = {}
    command = f'"{SWITCHROOM}" -f -C "$LAB_ETC/asterisk.conf"'

    def setUp(self):
        with tempfile.TemporaryDirectory() as folder:
            etc = os.path.join(folder, 'etc')
            shutil.copytree(os.path.join(TESTS, 'golden', 'etc'), etc)
            with open(os.path.join(etc, 'pjsip.conf'), 'a') as file:
                file.write(TCP)
            for name, text in self.added.items():
                with open(os.path.join(etc, name), 'a') as file:
                    file.write(text)
            self.lab = golden.Lab(self.command, etc, [os.path.join(HERE, 'phones')])
        self.addCleanup(self.lab.stop)
        self.lab.boot()

    def connect(self, user='admin'):
        """A manager connection, logged in."""
        connection = golden.Connection(self.lab.ports['AMI'])
        self.addCleanup(connection.end)
        answer = self.ask(connection, 'Login', Username=user, Secret=user + '-secret')
        self.assertEqual(golden.get(answer, 'Response'), 'Success')
        return connection

    def ask(self, connection, action, **headers):
        """Sends an action and gives its response."""
        ident = f'{action}-{time.monotonic_ns()}'
        lines = [f'Action: {action}', f'ActionID: {ident}', *(f'{k}: {v}' for k, v in headers.items())]
        connection.sock.sendall(('\r\n'.join(lines) + '\r\n\r\n').encode())
        answer = connection.wait(lambda m: m[0][0] == 'Response' and golden.get(m, 'ActionID') == ident, 10)
        self.assertIsNotNone(answer, f'no answer to {action}')
        return answer

    def lists(self, connection, action, **headers):
        """Sends an action that lists, and gives the items."""
        ident = golden.get(self.ask(connection, action, **headers), 'ActionID')
        is_own = lambda m: golden.get(m, 'ActionID') == ident and golden.get(m, 'Event')  # noqa: E731
        end = connection.wait(lambda m: is_own(m) and golden.get(m, 'EventList') == 'Complete', 10)
        self.assertIsNotNone(end, f'no end of {action}')
        return [m for m in connection.messages if is_own(m) and m is not end]

    def event(self, connection, name, seconds=10, **headers):
        """Waits for an event with these values."""
        found = connection.wait(
            lambda m: golden.get(m, 'Event') == name
            and all(golden.get(m, key) == value for key, value in headers.items()), seconds)
        self.assertIsNotNone(found, f'no event {name} {headers}')
        return found

    def until(self, done, seconds=20):
        """Waits for something that nobody tells of."""
        end = time.monotonic() + seconds
        while not done():
            self.assertLess(time.monotonic(), end, 'it does not come')
            time.sleep(0.02)

    def start_again(self):
        """Starts the server that has ended, on what it left behind."""
        config = os.path.join(self.lab.etc, 'asterisk.conf')
        self.lab.server = subprocess.Popen(
            [SWITCHROOM, '-f', '-C', config], stdin=subprocess.DEVNULL, stdout=self.lab.log,
            stderr=self.lab.log, cwd=self.lab.dir, start_new_session=True)
        self.lab.boot()

    def kill(self):
        """Ends the server without a chance to put anything in order."""
        os.kill(self.lab.server.pid, signal.SIGKILL)
        self.lab.server.wait()

    def console(self, command):
        """Has the running server run a console command."""
        config = os.path.join(self.lab.etc, 'asterisk.conf')
        done = subprocess.run([SWITCHROOM, '-C', config, '-rx', command],
                              capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def phone(self, name, script, **keys):
        """Starts a phone in the background."""
        self.lab.do_phone([name, script, *(f'{k}={v}' for k, v in keys.items())], None)

    def hung_up(self, name):
        """Waits for a phone to end, as it should."""
        self.lab.do_join([name], None)
        self.assertEqual(self.lab.out[-1][1][1], ('Exit', '0'), f'{name} ended badly')
