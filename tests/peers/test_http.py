"""The manager over HTTP with clients that others wrote: wget, curl and Python's requests replay the
book's examples, log in with HTTP digest, and wait for a phone to register."""
import os
import re
import shutil
import subprocess
import tempfile
import threading
import unittest

from lab import LabTest

try:
    import requests
    from requests.auth import HTTPDigestAuth
except ImportError:
    requests = None

TIMESTAMP = re.compile(r'\d{10}\.\d{6}')


class HttpTest(LabTest):
    def setUp(self):
        super().setUp()
        self.base = f"http://127.0.0.1:{self.lab.ports['HTTP']}"
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cookies = os.path.join(folder.name, 'cookies.txt')

    def run_client(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        return TIMESTAMP.sub('T', done.stdout.replace('\r\n', '\n'))

    def wget(self, target, *options):
        return self.run_client('wget', '-q', self.base + target, '--keep-session-cookies', *options, '-O', '-')

    def curl(self, target, *options):
        return self.run_client('curl', '-s', '-S', *options, self.base + target)

    @unittest.skipUnless(shutil.which('wget'), 'needs wget')
    def test_the_quick_start_with_wget(self):
        save, load = ['--save-cookies', self.cookies], ['--load-cookies', self.cookies]
        login = '/rawman?action=login&username=quiet&secret=quiet-secret'
        self.assertEqual(self.wget(login, *save), 'Response: Success\nMessage: Authentication accepted\n\n')
        self.assertEqual(self.wget('/rawman?action=ping', *load), 'Response: Success\nPing: Pong\nTimestamp: T\n\n')
        self.assertEqual(self.wget('/rawman?action=logoff', *load),
                         'Response: Goodbye\nMessage: Thanks for all the fish.\n\n')
        self.assertIn('Permission denied', self.wget('/rawman?action=ping', *load))

    @unittest.skipUnless(shutil.which('wget'), 'needs wget')
    def test_events_are_waited_for(self):
        login = '/mxml?action=login&username=admin&secret=admin-secret'
        self.wget(login, '--save-cookies', self.cookies)
        told = []

        def wait():
            for _ in range(20):
                told.append(self.wget('/mxml?action=waitevent', '--load-cookies', self.cookies))
                if 'PeerStatus' in told[-1]:
                    return
        waiting = threading.Thread(target=wait)
        waiting.start()
        self.phone('alice', 'register', expires=300)
        waiting.join(60)
        self.hung_up('alice')
        whole = ''.join(told)
        self.assertIn("<response type='object' id='unknown'>"
                      "<generic response='Success' message='Waiting for Event completed.' /></response>", whole)
        self.assertRegex(whole, r"<generic event='PeerStatus' privilege='system,all' channeltype='PJSIP' "
                                r"peer='PJSIP/alice' peerstatus='Reachable' />")
        self.assertIn("<generic event='WaitEventComplete' />", whole)

    @unittest.skipUnless(shutil.which('curl'), 'needs curl')
    def test_each_encoding_with_curl(self):
        login = 'action=login&username=quiet&secret=quiet-secret'
        self.assertEqual(self.curl(f'/mxml?{login}'),
                         "<ajax-response>\n<response type='object' id='unknown'><generic response='Success' "
                         "message='Authentication accepted' /></response>\n</ajax-response>\n")
        page = self.curl(f'/manager?{login}')
        self.assertTrue(page.startswith('<title>Asterisk&trade; Manager Interface</title><body bgcolor="#ffffff">'))
        self.assertIn('<tr><td>Response</td><td>Success</td></tr>\n'
                      '<tr><td>Message</td><td>Authentication accepted</td></tr>\n'
                      '<tr><td colspan="2"><hr></td></tr>\n</table></body>', page)
        head = self.curl(f'/rawman?{login}', '-i').split('\n\n')[0]
        self.assertRegex(head, r'Set-Cookie: mansession_id="[0-9a-f]{32}"; Version=1; Max-Age=60')
        self.assertIn('Pragma: SuppressEvents', head)
        # The same over TLS.
        secure = f"https://127.0.0.1:{self.lab.ports['HTTPS']}/rawman?{login}"
        self.assertIn('accepted', self.run_client('curl', '-s', '-k', secure))

    @unittest.skipUnless(shutil.which('curl'), 'needs curl')
    def test_digest_with_curl(self):
        for target, found in [('/arawman?action=ping', 'Ping: Pong'), ('/amxml?action=ping', "ping='Pong'"),
                              ('/amanager?action=ping', '<td>Pong</td>')]:
            answer = self.curl(target, '--digest', '-u', 'admin:admin-secret')
            self.assertIn(found, answer)
        posted = self.curl('/arawman', '--digest', '-u', 'admin:admin-secret', '-d', 'action=ping&actionid=7')
        self.assertIn('ActionID: 7', posted)
        refused = self.curl('/arawman?action=ping', '--digest', '-u', 'admin:wrong', '-o', '/dev/null', '-w', '%{http_code}')
        self.assertEqual(refused, '401')

    @unittest.skipUnless(requests, 'needs requests')
    def test_digest_with_requests(self):
        with requests.Session() as session:
            session.auth = HTTPDigestAuth('admin', 'admin-secret')
            for target, found in [('/arawman', 'Ping: Pong'), ('/amxml', "ping='Pong'"), ('/amanager', '<td>Pong</td>')]:
                for number in range(3):
                    answer = session.get(self.base + target, params={'action': 'ping', 'actionid': number}, timeout=10)
                    self.assertEqual(answer.status_code, 200)
                    self.assertIn(found, answer.text)
            # One session: what happened since the first request is told to a later one.
            session.post(self.base + '/arawman', data={'action': 'UserEvent', 'userevent': 'Mine'}, timeout=10)
            told = session.get(self.base + '/arawman', params={'action': 'WaitEvent', 'timeout': 5}, timeout=10).text
            self.assertIn('UserEvent: Mine', told)

    def test_the_console_tells_what_is_served(self):
        told = self.console('http show status')
        self.assertIn(f"Server Enabled and Bound to 127.0.0.1:{self.lab.ports['HTTP']}\n", told)
        self.assertIn('/amxml => XML Manager Event Interface w/Digest authentication\n', told)

    def said(self):
        with open(self.lab.log.name) as file:
            return file.read()

    def rewrite(self, name, before, after):
        path = os.path.join(self.lab.etc, name)
        with open(path) as file:
            text = file.read()
        self.assertIn(before, text)
        with open(path, 'w') as file:
            file.write(text.replace(before, after))

    def test_which_of_two_files_does_not_agree_is_told(self):
        self.rewrite('manager.conf', 'webenabled = yes', 'webenabled = no')
        self.console('manager reload')
        self.assertIn('[general] of manager.conf must say enabled = yes and webenabled = yes', self.said())

    def test_a_host_without_address_is_told_and_nothing_changes(self):
        self.rewrite('http.conf', 'bindaddr = 127.0.0.1', 'bindaddr = nobody.invalid')
        told = self.console('module reload http')
        self.assertRegex(told, r'http\.conf:\d+: `bindaddr = nobody\.invalid`: nobody\.invalid has no address')
        self.assertIn(f"Bound to 127.0.0.1:{self.lab.ports['HTTP']}\n", self.console('http show status'))

    @unittest.skipUnless(requests, 'needs requests')
    def test_json_with_requests(self):
        basic = ('admin', 'admin-secret')
        answer = requests.post(f'{self.base}/actions/Originate', auth=basic, timeout=20, json={
            'Channel': 'Local/wait@lab', 'Application': 'Wait', 'Data': 20, 'Async': True, 'ActionID': 'o'})
        self.assertEqual(answer.json()['response']['Message'], 'Originate successfully queued')
        with requests.get(f'{self.base}/events', params={'snapshot': 'yes'}, auth=basic, stream=True, timeout=10) as stream:
            lines = (line for line in stream.iter_lines(decode_unicode=True))
            self.assertIn('event: snapshot', lines)
        state = requests.get(f'{self.base}/snapshot', auth=basic, timeout=10).json()
        told = {event['Event'] for event in state['events']}
        self.assertLessEqual({'Newchannel', 'DeviceStateChange', 'ExtensionStatus'}, told)
        ended = requests.post(f'{self.base}/actions/Hangup', auth=basic, timeout=10, json={'Channel': '/Local/'})
        self.assertEqual(ended.json()['events'][-1]['Event'], 'ChannelsHungupListComplete')


class BothDigestsTest(HttpTest):
    """The same with both algorithms offered, the newer one first."""
    added = {'http.conf': '\n[general](+)\ndigest_algorithms = sha-256,md5\n'}

    @unittest.skipUnless(requests, 'needs requests')
    def test_one_nonce_is_offered_for_both(self):
        ways = requests.get(f'{self.base}/arawman', timeout=10).raw.headers.getlist('WWW-Authenticate')
        self.assertEqual([re.search('algorithm=([^,]+)', way)[1] for way in ways], ['SHA-256', 'MD5'])
        self.assertEqual(len({re.search('nonce="([^"]+)', way)[1] for way in ways}), 1)


class UploadTest(HttpTest):
    """Files posted by clients of others."""
    added = {'http.conf': '\n[post_mappings]\nuploads = @VAR@/uploads\n'}

    def setUp(self):
        super().setUp()
        self.folder = os.path.join(self.lab.var, 'uploads')
        os.mkdir(self.folder)
        self.content = os.urandom(3_000_000)
        self.login = '/rawman?action=login&username=admin&secret=admin-secret'

    def uploaded(self, name):
        with open(os.path.join(self.folder, name), 'rb') as file:
            return file.read()

    @unittest.skipUnless(shutil.which('curl'), 'needs curl')
    def test_upload_with_curl(self):
        source = self.cookies + '.wav'
        with open(source, 'wb') as file:
            file.write(self.content)
        post = ['-F', f'file=@{source};filename=hello.wav', '-F', 'note=x']
        self.assertIn('not authorized', self.curl('/uploads', *post))
        self.curl(self.login, '-c', self.cookies)
        self.assertIn('File successfully uploaded.', self.curl('/uploads', '-b', self.cookies, *post))
        self.assertEqual(self.uploaded('hello.wav'), self.content)
        self.assertEqual(os.listdir(self.folder), ['hello.wav'])

    @unittest.skipUnless(requests, 'needs requests')
    def test_upload_with_requests(self):
        with requests.Session() as session:
            session.get(self.base + self.login, timeout=10)
            files = {'one': ('../../one.txt', b'1'), 'two': ('two.bin', self.content)}
            answer = session.post(self.base + '/uploads', files=files, timeout=20)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(sorted(os.listdir(self.folder)), ['one.txt', 'two.bin'])
        self.assertEqual(self.uploaded('two.bin'), self.content)


def load_tests(loader, tests, pattern):
    """Of the later classes, what their configuration changes."""
    suite = loader.loadTestsFromTestCase(HttpTest)
    for kind, words in [(BothDigestsTest, ('digest', 'nonce')), (UploadTest, ('upload',))]:
        names = [name for name in loader.getTestCaseNames(kind) if any(word in name for word in words)]
        suite.addTests(map(kind, names))
    return suite


if __name__ == '__main__':
    unittest.main()
