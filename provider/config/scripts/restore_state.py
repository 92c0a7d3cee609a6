"""How far the restore of a new cluster has come: a file that container `database` writes and the agent publishes.

It lives as long as the pod, so that a container that starts again knows how the last try ended.
"""
import json
import os
import re
import time

STATE = '/run/postgresql/restore.json'
# The annotation is written at most this often.
SECONDS = 3
SET = re.compile(r'restore backup set (\S+?)(?:,|$)')
DETAIL = 'DETAIL:'
PERCENT = re.compile(r'DETAIL: .* (\d+(?:\.\d+)?)%\)')
LEVEL = re.compile(r'^P\d+ +([A-Z]+): ')


def error(lines):
    """What pgBackRest ended with, of its last lines: the last error and what it says below it."""
    found = []
    for line in lines:
        level = LEVEL.match(line)
        if level is None:
            found = found and [*found, line]
        elif level.group(1) == 'ERROR':
            found = [line]
    return ''.join(found or lines)


def read():
    try:
        with open(STATE, encoding='utf-8') as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


class Writer:
    """Writes what is new; changes of numbers alone only now and then."""

    def __init__(self, state):
        self.state, self._written, self._next = state, None, 0

    def set(self, now=False, **changes):
        self.state = {key: value for key, value in {**self.state, **changes}.items() if value is not None}
        if self.state == self._written or (not now and time.monotonic() < self._next):
            return
        new = STATE + '.new'
        with open(new, 'w', encoding='utf-8') as file:
            json.dump(self.state, file, sort_keys=True)
        os.replace(new, STATE)
        self._written, self._next = self.state, time.monotonic() + SECONDS
