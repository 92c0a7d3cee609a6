import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', '..', 'provider', 'config', 'scripts'))

import patroni_end


class Time:
    def __init__(self, running_until):
        self.now, self.running_until = 0, running_until

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds

    def runs(self):
        return self.now <= self.running_until


class Wait(unittest.TestCase):
    def test_it_begins_when_no_postgresql_runs(self):
        for running_until, ends in ((0, 30), (100, 130)):
            time = Time(running_until)
            patroni_end.wait(time.runs, patience=30, clock=time.clock, sleep=time.sleep)
            self.assertEqual(time.now, ends)


class Ends(unittest.TestCase):
    def test_the_first_signal_alone_begins_it(self):
        begun = []

        class Daemon:
            told = False

            def api_sigterm(self):
                first, self.told = not self.told, True
                return first

        Daemon.api_sigterm = patroni_end.ends(Daemon.api_sigterm, end=lambda: begun.append(1))
        daemon = Daemon()
        self.assertTrue(daemon.api_sigterm())
        self.assertFalse(daemon.api_sigterm())
        for thread in patroni_end.threading.enumerate():
            if thread is not patroni_end.threading.current_thread():
                thread.join()
        self.assertEqual(begun, [1])
