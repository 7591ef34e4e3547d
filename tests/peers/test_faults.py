"""Faults that the server survives: the cases of benches/reliability, shorter."""
import glob
import os
import subprocess
import sys
import unittest

from lab import SWITCHROOM, TESTS

SCRIPT = os.path.join(os.path.dirname(TESTS), 'benches', 'reliability')


class FaultsTest(unittest.TestCase):
    def run_case(self, name, *options):
        command = [sys.executable, SCRIPT, SWITCHROOM, '--quick', '--only', name, *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_kill_in_a_burst_loses_no_event_silently(self):
        self.run_case('kill_in_a_burst')

    def test_a_full_disk_stops_nothing_else(self):
        self.run_case('disk_full')

    def test_who_is_there_goes_on_without_descriptors(self):
        self.run_case('descriptors_exhausted')

    @unittest.skipUnless(glob.glob('/usr/lib/*/faketime/libfaketime.so.1'), 'needs libfaketime')
    def test_setting_the_clock_harms_nothing(self):
        self.run_case('clock_set')

    def test_peers_that_vanish_are_found_out(self):
        self.run_case('half_open')

    def test_it_starts_on_torn_files(self):
        self.run_case('torn_files')

    def test_all_come_back_at_once(self):
        self.run_case('reconnect_at_once')

    def test_a_while_of_everything(self):
        self.run_case('soak', '--soak', '8s')
