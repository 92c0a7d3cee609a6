"""Who has a member's data, with real locks of real processes."""
import contextlib
import os
import subprocess
import sys
import tempfile
import unittest

import data_lock

SCRIPTS = os.path.dirname(data_lock.__file__)
HOLD = 'import sys; sys.path.insert(0, %r); import data_lock; data_lock.hold(%r, %s)'
# In place of the probes' port: says that it waits.
WAITS = "__import__('contextlib').contextmanager(lambda state: (yield print(state(), flush=True)))"


class DataLock(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, '.lock')

    def started(self, after):
        """Another process that takes the data and then does this."""
        program = HOLD % (SCRIPTS, self.file, WAITS) + '\n' + after
        process = subprocess.Popen([sys.executable, '-c', program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def is_taken(self):
        descriptor = os.open(self.file, os.O_RDWR)
        try:
            return data_lock.taken(descriptor)
        finally:
            os.close(descriptor)

    def test_held_through_exec_until_the_process_ends(self):
        # As start.py becomes Patroni.
        first = self.started("import os; os.execvp('sh', ['sh', '-c', 'echo patroni; read end'])")
        self.assertEqual(first.stdout.readline(), 'patroni\n')
        self.assertTrue(self.is_taken())
        first.stdin.write('\n')
        first.stdin.flush()
        first.wait()
        self.assertFalse(self.is_taken())

    def test_a_second_one_waits_for_the_end_of_the_first(self):
        first = self.started("print('has it', flush=True); input()")
        self.assertEqual(first.stdout.readline(), 'has it\n')
        second = self.started("print('has it', flush=True)")
        self.assertIn('another pod still has these data', second.stdout.readline())
        self.assertEqual(second.stdout.readline(), "{'state': 'waiting'}\n")
        first.kill()
        self.assertEqual([second.stdout.readline() for _ in range(2)], ['start: it has ended\n', 'has it\n'])

    def test_the_same_process_takes_it_again(self):
        # As when a member is fenced and unfenced: Patroni becomes start.py again.
        again = "data_lock.hold(%r, %s); print('again', flush=True); input()" % (self.file, WAITS)
        process = self.started(again)
        self.assertEqual(process.stdout.readline(), 'again\n')
        self.assertTrue(self.is_taken())

    def test_where_there_are_no_locks_it_goes_on(self):
        with contextlib.redirect_stdout(None):
            original, data_lock.fcntl.lockf = data_lock.fcntl.lockf, self.refuse
            try:
                data_lock.hold(self.file)
            finally:
                data_lock.fcntl.lockf = original

    @staticmethod
    def refuse(*_):
        raise OSError(37, 'No locks available')


if __name__ == '__main__':
    unittest.main()
