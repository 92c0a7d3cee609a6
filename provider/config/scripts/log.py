"""The agent's log on stderr: a line when something changes, nothing while it stays."""
import sys


class Log:
    def __init__(self):
        self._states = {}
        self._problems = set()

    def line(self, text):
        print('agent: %s' % text, file=sys.stderr, flush=True)

    def state(self, key, trouble):
        """Tells a trouble once, and once when it is over (None)."""
        if self._states.get(key) == trouble:
            return
        self.line('%s: %s' % (key, trouble or 'well again'))
        if trouble is None:
            del self._states[key]
        else:
            self._states[key] = trouble

    def problems(self, problems):
        for problem in sorted(set(problems) - self._problems):
            self.line('problem: %s' % problem)
        for problem in sorted(self._problems - set(problems)):
            self.line('no longer: %s' % problem)
        self._problems = set(problems)
