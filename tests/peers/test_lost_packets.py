"""A phone on a bad line: one packet of ten is lost each way, and its calls go through all the same."""
import os
import subprocess
import time

from lab import LabTest, golden

CALLS = 30


class LostPacketsTest(LabTest):
    def test_calls_survive_lost_packets(self):
        ports = self.lab.ports
        script = os.path.join(os.path.dirname(golden.__file__), 'phones', 'call.xml')
        phone = ports['PHONES'] + golden.PHONES['alice']
        command = ['sipp', f"127.0.0.1:{ports['SIP']}", '-sf', script, '-i', '127.0.0.1', '-p', str(phone),
                   '-mp', str(phone + 20), '-s', 'echo', '-au', 'alice', '-ap', 'alice-secret', '-key', 'me', 'alice',
                   '-m', str(CALLS), '-r', '5', '-lost', '10', '-nostdin', '-timeout', '120']
        played = subprocess.run(command, cwd=self.lab.dir, stdin=subprocess.DEVNULL, capture_output=True, timeout=150)
        self.assertEqual(played.returncode, 0, played.stdout[-3000:].decode(errors='replace'))
        deadline = time.monotonic() + 40  # as long as the server waits for an answer that may be lost
        while '0 active calls' not in (shown := self.console('core show channels')) and time.monotonic() < deadline:
            time.sleep(0.5)
        self.assertIn('0 active calls', shown)
