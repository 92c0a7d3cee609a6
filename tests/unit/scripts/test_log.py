import contextlib
import io
import unittest

from log import Log


class Lines(unittest.TestCase):
    def said(self, act):
        written = io.StringIO()
        with contextlib.redirect_stderr(written):
            act(Log())
        return written.getvalue().splitlines()

    def test_a_trouble_is_told_once_and_when_it_is_over(self):
        def act(log):
            for trouble in (None, 'down', 'down', 'gone', None, None):
                log.state('patroni', trouble)

        self.assertEqual(self.said(act), ['agent: patroni: down', 'agent: patroni: gone', 'agent: patroni: well again'])

    def test_problems_are_told_when_they_come_and_go(self):
        def act(log):
            for problems in ([], ['a'], ['a', 'b'], ['b'], ['b']):
                log.problems(problems)

        self.assertEqual(self.said(act), ['agent: problem: a', 'agent: problem: b', 'agent: no longer: a'])
