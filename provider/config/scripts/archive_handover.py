"""WAL that the former primary had not archived when it was lost, looked after by the member that leads now.

A standby marks what it receives as archived, since archiving was the primary's business (PostgreSQL, walreceiver.c). When
the former primary comes back, Patroni has it archive what it still owes (rewind.py, _archive_ready_wals). When its volume is
lost, that WAL would be in no repository, and nobody would be told. So the new primary archives what it has of it, and
notes the rest as a gap (archive_gaps.py).
"""
import os
import re
import time

import archive_gaps
from archived_wal import gaps, name, number

WAL = '/pgdata/data/pg_wal'
SEGMENT = re.compile(r'^[0-9A-F]{24}$')
FORK = re.compile(r'^\s*(\d+)\s+([0-9A-F]+)/([0-9A-F]+)\s', re.M)
LOOK_SECONDS = 30
ANSWER_SECONDS = 30
# The first time what is owed is held if no answer comes at once: PostgreSQL recycles it as soon as this member has written
# some WAL of its own.
FIRST_ANSWER_SECONDS = 3
# The former primary may come back, and archive it.
PATIENCE_SECONDS = 300
# While a portion is pushed, and another waits.
NEXT_PORTION_SECONDS = 3
# A member that leads may lose the lead before it has looked; older time lines were looked after by others.
TIMELINES = 3


def forks(history):
    """(timeline, segment in which it was left) of a history file (PostgreSQL, timeline.c), oldest first."""
    return [('%08X' % int(timeline), (int(high, 16) << 8) + (int(low, 16) >> 24)) for timeline, high, low in FORK.findall(history)]


def owed(segments, left, timeline):
    """Names of whole segments before the last fork that are not among those archived."""
    (_, last) = left[-1]
    places = [
        place
        for gap in gaps({*segments, name(timeline, last)})
        for place in range(number(gap['from']), min(number(gap['to']) + 1, last))
    ]
    return [name(next(of for of, end in left if place < end), place) for place in places]


class Handover:
    """`room`: how many segments may wait for a repository; pgBackRest lets all of them go when there are more."""

    def __init__(self, say, room, directory=WAL):
        self._say, self._room, self._directory = say, room, directory
        self.begin()

    def begin(self):
        """Nothing is known when a member begins to lead."""
        self._settled, self._asked, self._next, self._since, self._told = set(), set(), {}, {}, {}

    def look(self, repository, archived):
        """`archived` gives the segments of timelines in that repository, or None while it does not answer."""
        now = time.monotonic()
        if repository in self._settled or now < self._next.get(repository, 0):
            return
        self._next[repository] = now + LOOK_SECONDS
        try:
            self._compare(repository, archived, now)
        except OSError as error:  # the next look may go well
            self._say('repository %s: what the former primary owed could not be looked at: %s' % (repository, error))

    def _compare(self, repository, archived, now):
        timeline, left = self._lineage()
        if not left:
            self._settled.add(repository)
            return
        before = [of for of, _ in left]
        first = repository not in self._asked
        self._asked.add(repository)
        segments = archived([*before, timeline], FIRST_ANSWER_SECONDS if first else ANSWER_SECONDS)
        if segments is None:
            if first:
                self._next[repository] = now
            # What it may lack must not be recycled meanwhile: the newest, for the oldest was archived first. What it has is
            # compared, and not stored again.
            self._mark(repository, before, reversed(self._received(before)))
            return
        missing = owed(segments, left, timeline)
        if not missing:
            self._settled.add(repository)
            return
        gone = [segment for segment in missing if not self._here(segment)]
        if self._mark(repository, before, (segment for segment in missing if segment not in gone)):
            self._next[repository] = now + NEXT_PORTION_SECONDS
        since = self._since.setdefault(repository, now)
        if missing != self._told.get(repository):
            self._told[repository] = missing
            self._say('repository %s: WAL of the former primary is owed: %s; of these not here: %s' % (repository, ' '.join(missing), ' '.join(gone) or 'none'))
        if gone and now - since > PATIENCE_SECONDS:
            for segment in gone:
                archive_gaps.note(repository, segment)
            self._settled.add(repository)

    def _lineage(self):
        """The own time line, and the forks that led to it."""
        histories = [one for one in self._names() if one.endswith('.history')]
        if not histories:
            return '', []
        newest = max(histories)
        with open(os.path.join(self._directory, newest), encoding='ascii') as file:
            return newest[:8], forks(file.read())[-TIMELINES:]

    def _received(self, timelines):
        return [one for one in self._names() if SEGMENT.match(one) and one[:8] in timelines and self._here(one)]

    def _here(self, segment):
        """Whether it is here, and whole: a standby marks it then."""
        status = self._status(segment)
        there = os.path.exists(os.path.join(self._directory, segment))
        return there and (os.path.exists(status + '.done') or os.path.exists(status + '.ready'))

    def _status(self, segment):
        return os.path.join(self._directory, 'archive_status', segment)

    def _mark(self, repository, timelines, segments):
        """Has PostgreSQL archive them; whether some were left for later. Half of the queue is for what was owed, however much
        of its own this member has to archive by now; a quarter stays free, for when the queue is full all of it is let go."""
        marks = os.listdir(os.path.join(self._directory, 'archive_status'))
        waiting = [mark for mark in marks if mark.endswith('.ready')]
        owed_before = sum(mark[:8] in timelines and bool(SEGMENT.match(mark[: -len('.ready')])) for mark in waiting)
        room = self._room(repository)
        free = min(room // 2 - owed_before, room * 3 // 4 - len(waiting))
        for segment in segments:
            status = self._status(segment)
            if os.path.exists(status + '.ready'):
                continue
            if free <= 0:
                return True
            free -= 1
            try:
                os.rename(status + '.done', status + '.ready')
            except FileNotFoundError:
                pass  # recycled, or marked for another repository
        return False

    def _names(self):
        return sorted(os.listdir(self._directory))
