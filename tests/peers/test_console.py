"""The interactive console on a terminal: completed, remembered, left."""
import os
import pty
import select
import time

from lab import LabTest, SWITCHROOM


class ConsoleTest(LabTest):
    def setUp(self):
        super().setUp()
        self.shown = ''
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.environ.update(HOME=self.lab.dir, TERM='xterm')
            os.execv(SWITCHROOM, ['asterisk', '-C', os.path.join(self.lab.etc, 'asterisk.conf'), '-r'])
        self.addCleanup(os.close, self.terminal)

    def until(self, text):
        """Waits until the terminal shows this, and forgets what it showed before."""
        deadline = time.monotonic() + 10
        while text not in self.shown:
            self.assertLess(time.monotonic(), deadline, f'no {text!r} in {self.shown!r}')
            if select.select([self.terminal], [], [], 0.1)[0]:
                self.shown += os.read(self.terminal, 4096).decode()
        self.shown = self.shown.partition(text)[2]

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
