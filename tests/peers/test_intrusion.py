"""Who knocks in vain is in the log as intrusion watchers look for it: Debian's fail2ban finds each."""
import os
import re
import subprocess

from lab import LabTest, golden

FILTER = '/etc/fail2ban/filter.d/asterisk.conf'


class IntrusionTest(LabTest):
    def test_fail2ban_matches_every_line_of_a_refused_login(self):
        for user in ('admin', 'nobody', 'fenced'):
            connection = golden.Connection(self.lab.ports['AMI'])
            answer = self.ask(connection, 'Login', Username=user, Secret='wrong')
            self.assertEqual(golden.get(answer, 'Message'), 'Authentication failed')
            connection.end()
        log = os.path.join(self.lab.var, 'log')
        # One line each in the security log, and in the other, where an unknown name has one more.
        self.assertEqual(self.matched(os.path.join(log, 'security.log'), 'SecurityEvent="(Invalid|FailedACL)'), 3)
        self.assertEqual(self.matched(os.path.join(log, 'messages.log'), 'authenticate'), 4)

    def matched(self, path, concerns):
        """How many lines of the log fail2ban takes as an intrusion: all that concern one."""
        with open(path) as file:
            lines = [line for line in file if re.search(concerns, line)]
        only = path + '.only'
        with open(only, 'w') as file:
            file.writelines(lines)
        told = subprocess.run(['fail2ban-regex', only, FILTER], capture_output=True, text=True, timeout=60).stdout
        found = re.search(r'Lines: (\d+) lines, 0 ignored, (\d+) matched, (\d+) missed', told)
        self.assertIsNotNone(found, told)
        self.assertEqual(found[3], '0', told)
        return int(found[2])
