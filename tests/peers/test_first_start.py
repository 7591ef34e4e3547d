"""The default configuration, as a fresh clone has it: first start, quick start, second instance, end."""
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest

from lab import SWITCHROOM, TESTS, golden

QUICK_START = [
    (b'Action: Login\r\nUsername: hello\r\nSecret: world\r\n\r\n',
     b'Response: Success\r\nMessage: Authentication accepted\r\n\r\n'),
    (b'Action: Ping\r\n\r\n', rb'Response: Success\r\nPing: Pong\r\nTimestamp: \d+\.\d{6}\r\n\r\n'),
    (b'Action: CoreStatus\r\n\r\n', b'Response: Error\r\nMessage: Permission denied\r\n\r\n'),
    (b'Action: Logoff\r\n\r\n', b'Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n'),
]


class FirstStartTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.mkdtemp(prefix='first-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.etc, self.state = os.path.join(folder, 'etc'), os.path.join(folder, 'state')
        shutil.copytree(os.path.join(os.path.dirname(TESTS), 'etc'), self.etc)
        self.ami, self.sip = golden.free_ports(2)
        self.edit('manager.conf', 'port = 5038', f'port = {self.ami}')
        self.edit('pjsip.conf', ':5060', f':{self.sip}')
        self.config = os.path.join(self.etc, 'asterisk.conf')

    def edit(self, name, old, new):
        path = os.path.join(self.etc, name)
        with open(path) as file:
            text = file.read()
        self.assertIn(old, text)
        with open(path, 'w') as file:
            file.write(text.replace(old, new))

    def start(self):
        """Starts the server and gives what it printed until it listened."""
        log = open(os.path.join(os.path.dirname(self.etc), 'output'), 'w+b')
        server = subprocess.Popen([SWITCHROOM, '-f', '-n', '-C', self.config], stdout=log, stderr=log)
        self.addCleanup(lambda: server.poll() is None and (server.kill(), server.wait()))
        done = subprocess.CompletedProcess([], 1)
        deadline = time.monotonic() + 20
        while done.returncode and time.monotonic() < deadline and server.poll() is None:
            done = self.execute('core waitfullybooted')
            time.sleep(0.05)
        log.seek(0)
        printed = log.read().decode()
        self.assertEqual(done.returncode, 0, printed)
        return server, printed

    def execute(self, command):
        return subprocess.run([SWITCHROOM, '-C', self.config, '-rx', command],
                              capture_output=True, text=True, timeout=20)

    def test_secrets_are_made_once_printed_once_and_kept_private(self):
        server, printed = self.start()
        secrets = {}
        for name in ('manager.conf', 'pjsip.conf'):
            path = os.path.join(self.state, 'lib', 'secrets', name)
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            with open(path) as file:
                secrets.update(re.findall(r'\[([\w-]+)\]\(\+\)\n\w+ = (\S+)', file.read()))
        self.assertEqual(sorted(secrets), ['admin', 'alice-auth', 'bob-auth'])
        for secret in secrets.values():
            self.assertGreaterEqual(len(secret), 20)
            self.assertIn(secret, printed)
        with socket.create_connection(('127.0.0.1', self.ami), timeout=5) as stream:
            stream.sendall(f'Action: Login\r\nUsername: admin\r\nSecret: {secrets["admin"]}\r\n\r\n'.encode())
            self.until(stream, b'Authentication accepted')
        self.end(server)
        server, printed = self.start()
        for secret in secrets.values():
            self.assertNotIn(secret, printed)
        self.end(server)

    def test_the_quick_start_works_to_the_letter(self):
        server, _ = self.start()
        with socket.create_connection(('127.0.0.1', self.ami), timeout=5) as stream:
            self.assertEqual(self.until(stream, b'\r\n'), b'Asterisk Call Manager/11.0.0\r\n')
            for said, answered in QUICK_START:
                stream.sendall(said)
                self.assertRegex(self.until(stream, b'\r\n\r\n'), b'^' + answered + b'$')
            self.assertEqual(stream.recv(1), b'')
        self.end(server)

    def test_a_second_server_is_refused_and_stopping_is_clean(self):
        server, _ = self.start()
        second = subprocess.run([SWITCHROOM, '-f', '-C', self.config], capture_output=True, text=True, timeout=20)
        self.assertEqual(second.returncode, 1)
        self.assertIn('already runs', second.stderr)
        self.assertEqual(self.execute('core stop now').returncode, 0)
        self.assertEqual(server.wait(10), 0)
        after = self.execute('core show version')
        self.assertEqual(after.returncode, 1)
        self.assertIn('asterisk.ctl', after.stderr)

    def test_a_link_named_asterisk_is_the_same(self):
        link = os.path.join(os.path.dirname(self.etc), 'asterisk')
        os.symlink(SWITCHROOM, link)
        told = subprocess.run([link, '-V'], capture_output=True, text=True, timeout=20)
        self.assertRegex(told.stdout, r'^Asterisk 22\.')

    def test_reload_and_hangup_signal(self):
        server, _ = self.start()
        self.edit('manager.conf', 'secret = world', 'secret = moon')
        server.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while not self.logs_in('moon'):
            self.assertLess(time.monotonic(), deadline, 'the new secret was not taken')
        self.end(server)

    def logs_in(self, secret):
        with socket.create_connection(('127.0.0.1', self.ami), timeout=5) as stream:
            stream.sendall(b'Action: Login\r\nUsername: hello\r\nSecret: %s\r\n\r\n' % secret.encode())
            return b'accepted' in self.until(stream, b'\r\n\r\n')

    def until(self, stream, end):
        """What comes until it ends so."""
        got = b''
        while end not in got:
            part = stream.recv(4096)
            self.assertTrue(part, f'closed after {got}')
            got += part
        return got

    def end(self, server):
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(10), 0)
