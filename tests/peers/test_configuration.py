"""Configuration and data through the manager: files, mailboxes, states, and nothing outside their folders."""
import os
import threading
import unittest

from lab import LabTest, golden

COMMENTED = '''; kept to the end
[general] ; a heading
; what it is for
limit=10   ; ten
;-- all
of this --;
[other]
x => y
'''


def steps(*operations):
    """Operations of UpdateConfig as headers: each (Action, Cat, {more})."""
    headers = {}
    for number, (action, category, more) in enumerate(operations):
        for key, value in {'Action': action, 'Cat': category, **more}.items():
            headers[f'{key}-{number:06}'] = value
    return headers


class ConfigurationTest(LabTest):
    def path(self, name):
        return os.path.join(self.lab.etc, name)

    def write(self, name, text):
        with open(self.path(name), 'w') as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def update(self, connection, name, *operations, **headers):
        return self.ask(connection, 'UpdateConfig', SrcFilename=name, DstFilename=name, **steps(*operations), **headers)

    def succeed(self, answer):
        self.assertEqual(golden.get(answer, 'Response'), 'Success', answer)

    def test_comments_and_layout_stay(self):
        self.write('own.conf', COMMENTED)
        self.succeed(self.update(
            self.connect(), 'own.conf',
            ('Update', 'general', {'Var': 'limit', 'Value': '20'}),
            ('Append', 'other', {'Var': 'z', 'Value': '>1'})))
        expected = COMMENTED.replace('limit=10 ', 'limit = 20 ') + 'z => 1\n'
        self.assertEqual(self.read('own.conf'), expected)

    def test_an_account_is_made_and_used(self):
        admin = self.connect()
        before = self.read('manager.conf')
        self.succeed(self.update(
            admin, 'manager.conf',
            ('NewCat', 'guest', {}),
            ('Append', 'guest', {'Var': 'secret', 'Value': 'guest-secret'}),
            ('Append', 'guest', {'Var': 'write', 'Value': 'system'}),
            Reload='manager'))
        self.event(admin, 'Reload', Module='manager', Status='0')
        guest = self.connect('guest')
        self.assertTrue(self.read('manager.conf').startswith(before.rstrip('\n')))
        # Who may write `system` reads files, without the secrets in them, and changes none.
        answer = self.ask(guest, 'GetConfig', Filename='manager.conf', Category='admin')
        lines = [value for name, value in answer if name.startswith('Line-')]
        self.assertIn('secret=********', lines)
        self.assertNotIn('secret=admin-secret', lines)
        answer = self.update(guest, 'manager.conf', ('DelCat', 'admin', {}))
        self.assertEqual(golden.get(answer, 'Message'), 'Permission denied')

    def test_an_entry_of_users_conf_becomes_a_phone_a_mailbox_and_an_account(self):
        admin = self.connect()
        self.succeed(self.ask(admin, 'CreateConfig', Filename='users.conf'))
        entry = {'fullname': 'Zoe Lab', 'secret': '6001-secret', 'hassip': 'yes', 'hasvoicemail': 'yes', 'vmsecret': '1',
                 'hasmanager': 'yes', 'managerwrite': 'system', 'context': 'lab', 'allow': 'ulaw', 'host': 'dynamic'}
        appends = [('Append', '6001', {'Var': key, 'Value': value}) for key, value in entry.items()]
        self.succeed(self.update(admin, 'users.conf', ('NewCat', '6001', {}), *appends, Reload='yes'))
        self.event(admin, 'Reload', Module='All')
        self.ask(admin, 'PJSIPShowEndpoint', Endpoint='6001')
        phone = self.event(admin, 'EndpointDetail', ObjectName='6001', Context='lab', Mailboxes='6001@default')
        self.assertEqual(golden.get(phone, 'Callerid'), '"Zoe Lab" <6001>')
        self.ask(admin, 'VoicemailUserStatus', Context='default', Mailbox='6001')
        self.event(admin, 'VoicemailUserDetail', VoiceMailbox='6001', Fullname='Zoe Lab')
        self.connect('6001')

    def test_nothing_outside_the_folder_is_opened(self):
        outside = os.path.join(self.lab.dir, 'outside.conf')
        with open(outside, 'w') as file:
            file.write('[outside]\nkey = treasure\n')
        os.symlink(outside, self.path('link.conf'))
        os.symlink(self.lab.dir, self.path('folder'))
        os.mkfifo(self.path('pipe.conf'))
        self.write('own.conf', '[own]\n')
        self.write('includes.conf', f'[own]\n#include "{outside}"\n#include "../outside.conf"\n')
        names = [outside, '../outside.conf', 'folder/outside.conf', 'link.conf', 'pipe.conf', '/etc/passwd',
                 '/dev/zero', '/proc/self/environ', './../etc/../../outside.conf', '....//outside.conf', '', '.', '..', '/',
                 '../fresh.conf', 'folder/fresh.conf', '%2e%2e/outside.conf', '..\\outside.conf']
        admin = self.connect()
        for name in names:
            asked = [
                self.ask(admin, 'GetConfig', Filename=name),
                self.ask(admin, 'GetConfigJSON', Filename=name),
                self.ask(admin, 'ListCategories', Filename=name),
                self.ask(admin, 'UpdateConfig', SrcFilename=name, DstFilename='own.conf'),
                self.ask(admin, 'UpdateConfig', SrcFilename='own.conf', DstFilename=name),
                self.ask(admin, 'ModuleLoad', Module=name, LoadType='load'),
            ]
            if name not in ('%2e%2e/outside.conf', '..\\outside.conf', '....//outside.conf'):  # names like others
                asked.append(self.ask(admin, 'CreateConfig', Filename=name))
            for answer in asked:
                self.assertEqual(golden.get(answer, 'Response'), 'Error', (name, answer))
                self.assertNotIn('treasure', str(answer))
        # What a file includes from elsewhere is for the server alone.
        for action in ('GetConfig', 'GetConfigJSON', 'ListCategories'):
            answer = self.ask(admin, action, Filename='includes.conf')
            self.succeed(answer)
            self.assertNotIn('outside', str(answer))
        self.assertEqual(self.read('own.conf'), '[own]\n')
        with open(outside) as file:
            self.assertEqual(file.read(), '[outside]\nkey = treasure\n')
        self.assertFalse(os.path.exists(os.path.join(self.lab.dir, 'fresh.conf')))

    def test_what_was_answered_survives_a_kill(self):
        self.write('own.conf', COMMENTED)
        connections = [self.connect() for _ in range(4)]

        def append(connection, client):
            operations = (steps(('Append', 'other', {'Var': f'k{client}', 'Value': str(n)})) for n in range(500))
            lines = ''.join(
                f'Action: UpdateConfig\r\nActionID: {client}-{n}\r\nSrcFilename: own.conf\r\nDstFilename: own.conf\r\n'
                + ''.join(f'{key}: {value}\r\n' for key, value in operation.items()) + '\r\n'
                for n, operation in enumerate(operations))
            try:
                connection.sock.sendall(lines.encode())
            except OSError:  # killed meanwhile
                pass

        senders = [threading.Thread(target=append, args=(c, n), daemon=True) for n, c in enumerate(connections)]
        for sender in senders:
            sender.start()
        for n, connection in enumerate(connections):
            self.assertIsNotNone(connection.wait(lambda m: golden.get(m, 'ActionID') == f'{n}-10', 30))
        self.kill()
        self.start_again()
        for connection, sender in zip(connections, senders):
            connection.join(10)
            sender.join(10)
        answered = {golden.get(m, 'ActionID') for c in connections for m in c.messages
                    if golden.get(m, 'Response') == 'Success' and '-' in (golden.get(m, 'ActionID') or '')}
        answered = {ident for ident in answered if ident.split('-')[0].isdigit()}
        text = self.read('own.conf')
        self.assertTrue(text.startswith(COMMENTED), text[:300])
        lines = text.removeprefix(COMMENTED).splitlines()
        written = {line.removeprefix('k').replace(' = ', '-') for line in lines}
        self.assertEqual(len(written), len(lines))
        self.assertEqual(answered - written, set())
        self.assertGreaterEqual(len(answered), 40)
        self.assertFalse([name for name in os.listdir(self.lab.etc) if name == '.switchroom-update'])
        self.succeed(self.ask(self.connect(), 'GetConfig', Filename='own.conf'))


class DataTest(LabTest):
    def test_a_message_that_waits_is_told(self):
        admin = self.connect()
        inbox = os.path.join(self.lab.var, 'spool', 'voicemail', 'default', '100', 'INBOX')
        os.makedirs(inbox)
        open(os.path.join(inbox, 'msg0000.txt'), 'w').close()
        answer = self.ask(admin, 'VoicemailRefresh')
        self.assertEqual(golden.get(answer, 'Message'), 'Refresh sent')
        self.event(admin, 'MessageWaiting', Mailbox='100@default', Waiting='1', New='1', Old='0')
        self.event(admin, 'DeviceStateChange', Device='MWI:100@default', State='INUSE')
        answer = self.ask(admin, 'MailboxCount', Mailbox='100@default')
        self.assertEqual(golden.get(answer, 'NewMessages'), '1')
        self.assertIn('Alice Lab', self.console('voicemail show users'))
        self.ask(admin, 'MWIUpdate', Mailbox='300', NewMessages='2')
        self.event(admin, 'MessageWaiting', Mailbox='300@default', New='2')
        answer = self.ask(admin, 'MailboxStatus', Mailbox='300')
        self.assertEqual(golden.get(answer, 'Waiting'), '1')

    def test_what_another_system_says_survives_a_kill(self):
        admin = self.connect()
        for mailbox in ('300', '301'):
            self.ask(admin, 'MWIUpdate', Mailbox=mailbox, NewMessages='2', OldMessages='5')
        self.ask(admin, 'MWIDelete', Mailbox='301')
        self.kill()
        self.start_again()
        admin = self.connect()
        known = self.lists(admin, 'MWIGet', Mailbox='/^30/')
        told = [(golden.get(m, 'Mailbox'), golden.get(m, 'NewMessages'), golden.get(m, 'OldMessages')) for m in known]
        self.assertEqual(told, [('300@default', '2', '5')])

    def test_objects_of_sip_are_shown(self):
        self.assertIn(' Endpoint:  alice/101 ', self.console('pjsip show endpoints'))
        shown = self.console('pjsip show endpoint alice')
        self.assertIn('     InAuth:  alice/alice\n        Aor:  alice ', shown)
        self.assertRegex(shown, r'\n rtp_symmetric +: ')
        self.assertIn('********', self.console('pjsip show auth alice'))
        for kind in ('aors', 'auths', 'transports', 'identifies', 'contacts'):
            self.assertRegex(self.console(f'pjsip show {kind}'), r'(Objects found: [1-9])|(No objects found)')
        self.assertIn('0 active subscriptions', self.console('pjsip show subscriptions inbound'))

    def test_people_say_how_they_are(self):
        admin = self.connect()
        self.ask(admin, 'Setvar', Variable='PRESENCE_STATE(CustomPresence:desk)', Value='away,lunch,back soon')
        self.event(admin, 'PresenceStateChange', Presentity='CustomPresence:desk', Status='away', Message='back soon')
        self.event(admin, 'PresenceStatus', Exten='151', Context='lab', Status='away', Subtype='lunch')
        answer = self.ask(admin, 'PresenceState', Provider='CustomPresence:desk')
        self.assertEqual(golden.get(answer, 'PresenceMessage'), 'back soon')
        self.assertIn("Name: 'CustomPresence:desk'", self.console('presencestate list'))
        self.assertIn('Changing Custom:lamp to BUSY', self.console('devstate change Custom:lamp BUSY'))
        self.event(admin, 'ExtensionStatus', Exten='150', Status='2')
        self.assertIn('State:Busy', self.console('core show hints'))
        self.assertIn('extensions.conf', self.console('config list'))


if __name__ == '__main__':
    unittest.main()
