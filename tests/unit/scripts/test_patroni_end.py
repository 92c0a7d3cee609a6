import os
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', '..', 'provider', 'config', 'scripts'))

import patroni_end


class Time:
    def __init__(self, busy_until):
        self.now, self.busy_until = 0, busy_until

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds

    def busy(self):
        return self.now <= self.busy_until


class Wait(unittest.TestCase):
    def test_it_begins_when_nothing_runs(self):
        for busy_until, ends in ((0, 30), (100, 130)):
            time = Time(busy_until)
            patroni_end.wait(time.busy, patience=30, clock=time.clock, sleep=time.sleep)
            self.assertEqual(time.now, ends)


class Work(unittest.TestCase):
    def test_it_goes_on_until_the_method_has_ended_however(self):
        work = patroni_end.Work()
        seen = []

        def remove(fails):
            seen.append(work.goes_on())
            if fails:
                raise OSError
            return 'removed'

        counted = work.counted(remove)
        self.assertEqual(counted(False), 'removed')
        with self.assertRaises(OSError):
            counted(True)
        self.assertEqual((seen, work.goes_on()), ([True, True], False))


class Beginning(unittest.TestCase):
    def test_the_first_call_of_any_begins_it(self):
        for calls in (('api_sigterm', 'api_sigterm', 'shutdown'), ('shutdown', 'api_sigterm')):
            watched = []

            class Daemon:
                def api_sigterm(self):
                    return 'told'

                def shutdown(self):
                    return 'told'

            begins = patroni_end.beginning(lambda: watched.append(1))
            for name in ('api_sigterm', 'shutdown'):
                setattr(Daemon, name, begins(getattr(Daemon, name)))
            for name in calls:
                self.assertEqual(getattr(Daemon(), name)(), 'told')
            for thread in threading.enumerate():
                if thread is not threading.current_thread():
                    thread.join()
            self.assertEqual(watched, [1])
