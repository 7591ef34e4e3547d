"""What operators do: check a configuration, rotate logs, hash secrets, read figures, restart."""
import http.client
import os
import re
import socket
import subprocess
import time
import urllib.request

from lab import SWITCHROOM, LabTest, golden


class OperationTest(LabTest):
    added = {'pjsip.conf': '\n[away]\ntype = registration\nserver_uri = sip:127.0.0.1:1\n'
                           'client_uri = sip:me@127.0.0.1\n'}

    def path(self, name):
        return os.path.join(self.lab.etc, name)

    def append(self, name, text):
        with open(self.path(name), 'a') as file:
            file.write(text)

    def test_a_configuration_is_checked_before_it_is_applied(self):
        self.append('manager.conf', '\n[new]\nsecret = new\ncolour = red\nwrite = all\n')
        done = subprocess.run([SWITCHROOM, '-C', self.path('asterisk.conf'), '--check'],
                              capture_output=True, text=True, timeout=20)
        for told in (r'manager.conf:\d+: unknown option `colour`', r'manager.conf:\d+: \[new\] its secret is its name',
                     r'Grade [CDF]'):
            self.assertRegex(done.stdout, told)
        self.assertEqual(self.console('manager check'), done.stdout)
        self.assertNotIn('new', self.console('manager show users').split())

    def test_a_hashed_secret_logs_in(self):
        made = subprocess.run([SWITCHROOM, 'passwd'], input='a long secret\n', capture_output=True, text=True, timeout=20)
        self.assertRegex(made.stdout, r'^\$argon2id\$')
        self.append('manager.conf', f'\n[hashed]\nsecret = {made.stdout.strip()}\nread = all\n')
        self.console('manager reload')
        for secret, answer in (('a long secret', 'Success'), ('another', 'Error')):
            connection = golden.Connection(self.lab.ports['AMI'])
            told = self.ask(connection, 'Login', Username='hashed', Secret=secret)
            self.assertEqual(golden.get(told, 'Response'), answer)
            connection.end()

    def test_logs_are_rotated_and_written_on(self):
        log = os.path.join(self.lab.var, 'log')
        self.console('logger rotate')
        self.assertTrue(os.path.exists(os.path.join(log, 'messages.log.0')))
        self.assertRegex(self.console('logger show channels'), r'messages\.log +File .*NOTICE')
        connection = golden.Connection(self.lab.ports['AMI'])
        self.ask(connection, 'Login', Username='nobody', Secret='x')
        connection.end()
        with open(os.path.join(log, 'messages.log')) as file:
            self.assertIn("nonexistent user 'nobody'", file.read())

    def test_figures_are_served_to_who_may_read_them(self):
        self.append('prometheus.conf', '[general]\nenabled = yes\nauth_username = p\nauth_password = q\n')
        self.console('module reload res_prometheus')
        url = f'http://127.0.0.1:{self.lab.ports["HTTP"]}/metrics'
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url, timeout=5)
        self.assertEqual(refused.exception.code, 401)
        request = urllib.request.Request(url, headers={'Authorization': 'Basic cDpx'})
        with urllib.request.urlopen(request, timeout=5) as answer:
            text = answer.read().decode()
        for figure in (r'^asterisk_endpoints_state\{id="PJSIP/carol",tech="PJSIP",resource="carol"\} 2$',
                       r'^asterisk_endpoints_state\{id="PJSIP/alice",.*\} 1$',
                       r'^asterisk_endpoints_channels_count\{id="PJSIP/alice",.*\} 0$',
                       r'^asterisk_pjsip_outbound_registration_status\{username="sip:me@127.0.0.1",'
                       r'domain="sip:127.0.0.1:1",channel_type="PJSIP"\} 0$',
                       r'^asterisk_channels_count 0$', r'^asterisk_endpoints_count \d+$',
                       r'^asterisk_core_uptime_seconds \d+$',
                       r'^switchroom_manager_actions\{result="success"\} [1-9]\d*$',
                       r'^switchroom_security_events\{service="AMI",outcome="success"\} \d+$'):
            self.assertRegex(text, re.compile(figure, re.M))

    def test_an_account_in_another_character_set_logs_in(self):
        with open(self.path('manager.conf'), 'ab') as file:
            file.write('\n[jürgen]\nsecret = schlüssel\n'.encode('latin-1'))
        self.console('manager reload')
        for secret, answer in (('schlüssel', b'Success'), ('schlössel', b'Error')):
            with socket.create_connection(('127.0.0.1', self.lab.ports['AMI']), 10) as client:
                login = f'Action: Login\r\nActionID: für\r\nUsername: jürgen\r\nSecret: {secret}\r\n\r\n'
                client.sendall(login.encode('latin-1'))
                told = client.makefile('rb')
                lines = [told.readline() for _ in range(3)]
            self.assertEqual(lines[1:], [b'Response: ' + answer + b'\r\n', 'ActionID: für\r\n'.encode('latin-1')])

    def test_a_command_with_words_too_many_does_nothing(self):
        answer = self.ask(self.connect(), 'Command', Command='core stop now please')
        self.assertEqual(golden.get(answer, 'Response'), 'Error')
        self.assertEqual(golden.get(answer, 'Output'), 'Usage: core stop now')
        self.assertIn('System uptime', self.console('core show uptime'))

    def test_the_groups_of_channels_are_shown(self):
        admin = self.connect()
        self.ask(admin, 'Originate', Channel='Local/wait@lab', Application='Wait', Data=9, Async='true',
                 Variable='GROUP(out)=trunk')
        name = golden.get(self.event(admin, 'OriginateResponse', Response='Success'), 'Channel')
        self.ask(admin, 'Setvar', Channel=name, Variable='GROUP()', Value='all')
        heading = 'Channel'.ljust(25) + '  ' + 'Group'.ljust(20) + '  ' + 'Category'.ljust(20)
        rows = [f'{name:<25}  {group:<20}  {category:<20}' for group, category in (('trunk', 'out'), ('all', '(default)'))]
        self.assertEqual(self.console('group show channels').splitlines(), [heading, *rows, '2 active channels'])
        self.assertEqual(self.console('group show channels ^tr').splitlines(), [heading, rows[0], '1 active channel'])

    def test_events_are_numbered_while_somebody_looks_for_a_fault(self):
        admin = self.connect()
        self.assertEqual(self.console('manager set debug'), "manager debug is off\n")
        self.assertEqual(self.console('manager set debug on'), "manager debug set to 'on'\n")
        self.ask(admin, 'UserEvent', UserEvent='numbered')
        told = self.event(admin, 'UserEvent', UserEvent='numbered')
        self.assertRegex(golden.get(told, 'SequenceNumber'), r'^\d+$')
        self.console('manager set debug off')
        self.ask(admin, 'UserEvent', UserEvent='plain')
        self.assertIsNone(golden.get(self.event(admin, 'UserEvent', UserEvent='plain'), 'SequenceNumber'))

    def test_how_far_behind_a_connection_is_can_be_seen(self):
        self.ask(self.connect(), 'CoreStatus')
        lines = self.console('manager show lag').splitlines()
        self.assertRegex(lines[0], r'Username +FileDes +Behind +Unsent +Sent +OnLag +Last action')
        self.assertTrue(any(re.match(r' +admin +\d+ +0 +0 +[1-9]\d* +close +CoreStatus$', line) for line in lines), lines)
        shown = self.console('manager show connected details').splitlines()
        plain = self.console('manager show connected').splitlines()
        self.assertEqual(shown[0].index('ReadPerms'), plain[0].index('ReadPerms'))
        self.assertRegex(shown[0], r'WritePerms +Behind +Unsent +Sent +OnLag +Last action$')
        self.assertNotIn('Behind', plain[0])
        self.assertTrue(any(re.match(r'  admin .* +0 +0 +[1-9]\d* +close +CoreStatus$', line) for line in shown), shown)

    def test_sessions_over_http_are_listed_and_counted(self):
        def connected():
            rows = re.findall(r'^ {2}(\S*) +127\.0\.0\.1 +\d+ +\d+ +-1 +(\d+) ', self.console('manager show connected'), re.M)
            return sorted(rows)

        def ask(query, cookie=None):
            connection = http.client.HTTPConnection('127.0.0.1', self.lab.ports['HTTP'], timeout=20)
            self.addCleanup(connection.close)
            connection.request('GET', '/rawman?action=' + query, headers={'Cookie': cookie} if cookie else {})
            return connection

        guest = ask('challenge&authtype=md5').getresponse()
        self.assertEqual(guest.status, 200)
        login = ask('login&username=quiet&secret=quiet-secret').getresponse()
        cookie = login.getheader('Set-Cookie').split(';')[0]
        self.assertEqual(connected(), [('', '0'), ('quiet', '0')])
        waits = ask('waitevent&timeout=2', cookie)
        self.until(lambda: ('quiet', '1') in connected())
        figures = self.console('prometheus show metrics')
        self.assertIn('switchroom_manager_sessions{transport="http",login="yes"} 1\n', figures)
        self.assertIn('switchroom_manager_sessions{transport="tcp",login="yes"} 0\n', figures)
        self.assertRegex(figures, r'switchroom_manager_sent_bytes\{transport="http"\} [1-9]')
        self.assertEqual(waits.getresponse().status, 200)
        self.until(lambda: ('quiet', '0') in connected())
        ask('logoff', cookie).getresponse().read()
        self.until(lambda: not [user for user, _ in connected() if user])
        self.assertRegex(self.console('prometheus show metrics'),
                         r'switchroom_manager_closed\{reason="logged off"\} [1-9]')
        self.assertEqual(self.console('manager kick session -1'), 'Invalid AMI file descriptor: -1\n')

    def test_a_restart_keeps_the_process_and_begins_anew(self):
        process = self.lab.server.pid
        watcher = self.connect()
        self.console('core restart now')
        told = self.event(watcher, 'Shutdown')
        self.assertEqual(golden.get(told, 'Restart'), 'True')
        deadline = time.monotonic() + 20
        while True:
            try:
                self.connect()
                break
            except (OSError, AssertionError):
                self.assertLess(time.monotonic(), deadline, 'it does not come back')
                time.sleep(0.1)
        self.assertIsNone(self.lab.server.poll())
        self.assertEqual(self.lab.server.pid, process)
