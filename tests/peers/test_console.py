"""The interactive console on a terminal: completed, remembered, left."""
import os
import pty
import select
import time

from lab import LabTest, SWITCHROOM


class ConsoleTest(LabTest):
    def setUp(self):
        super().setUp()
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.environ.update(HOME=self.lab.dir, TERM='xterm')
            os.execv(SWITCHROOM, ['asterisk', '-C', os.path.join(self.lab.etc, 'asterisk.conf'), '-r'])
        self.addCleanup(os.close, self.terminal)

    def until(self, text):
        """What the terminal shows until it shows this."""
        shown, deadline = '', time.monotonic() + 10
        while text not in shown:
            self.assertLess(time.monotonic(), deadline, f'no {text!r} in {shown!r}')
            if select.select([self.terminal], [], [], 0.1)[0]:
                shown += os.read(self.terminal, 4096).decode()
        return shown

    def type(self, text):
        os.write(self.terminal, text.encode())

    def test_lines_are_completed_run_and_remembered(self):
        self.until('*CLI> ')
        self.type('core sho\t upt\t\r')
        self.until('System uptime: ')
        self.until('*CLI> ')
        self.type('core stop \t\t')
        self.until('gracefully')
        self.type('\x15\x1b[A')  # the line away, the last one back
        self.until('core show uptime')
        self.type('\x15exit\r')
        self.assertEqual(os.waitpid(self.process, 0)[1], 0)
        with open(os.path.join(self.lab.dir, '.switchroom_history')) as file:
            self.assertIn('core show uptime', file.read())
