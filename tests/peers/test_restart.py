"""What a restart leaves as it was: phones that registered can be called, until their time is over."""
import json
import unittest

from lab import LabTest, golden


class RestartTest(LabTest):
    def restart(self):
        self.console('core stop now')
        self.lab.server.wait(20)
        self.start_again()

    def register(self, seconds):
        self.phone('alice', 'register', expires=seconds)
        self.hung_up('alice')

    def contacts(self):
        """The contacts that registered, as the manager lists them."""
        admin = self.connect()
        answer = self.ask(admin, 'PJSIPShowContacts')
        if golden.get(answer, 'Response') == 'Error':
            return []
        contacts = self.lists(admin, 'PJSIPShowContacts')
        admin.end()
        return [{key: value for key, value in contact if key != 'ActionID'} for contact in contacts]

    def test_who_registered_before_can_be_called_after(self):
        self.register(300)
        before = self.contacts()
        [contact] = before
        kept = self.console('database show registrar/contact').splitlines()[0]
        path, value = kept.split(': ', 1)
        self.assertEqual(path.strip(), '/registrar/contact/' + contact['ObjectName'])
        kept = json.loads(value)
        for name, told in (('uri', 'Uri'), ('user_agent', 'UserAgent'), ('expiration_time', 'ExpirationTime'),
                           ('via_port', 'ViaPort'), ('call_id', 'CallId')):
            self.assertEqual(kept[name], contact[told])
        self.restart()
        self.assertEqual(self.contacts(), before)
        self.phone('alice', 'answer')
        admin = self.connect()
        self.assertEqual(golden.get(self.ask(admin, 'ExtensionState', Exten='101', Context='phones'), 'Status'), '0')
        called = self.ask(admin, 'Originate', Channel='PJSIP/alice', Application='Wait', Data='20', Timeout='5000')
        self.assertEqual(golden.get(called, 'Response'), 'Success')
        self.ask(admin, 'Hangup', Channel='/^PJSIP/alice-/')
        self.hung_up('alice')

    def test_who_has_left_is_not_there_after(self):
        self.register(300)
        self.register(0)
        self.restart()
        self.assertEqual(self.contacts(), [])
        self.assertIn('0 results found', self.console('database show registrar/contact'))


if __name__ == '__main__':
    unittest.main()
