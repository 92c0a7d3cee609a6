"""Which WAL a restore reads, and whether the repository has it. Pure.

PostgreSQL takes a file that is not there for the end of the archive: where something is missing in the middle, and no target
was asked for, it would go into production there without a word, and everything after it would be lost.
"""
import re

import archived_wal

# That of initdb here; another size is no reason to refuse (see `missing`).
SEGMENT = 2**24
FILE = re.compile(r'(?:^|/)([0-9A-F]{24})-[0-9a-f]{40}')
HISTORY = re.compile(r'(?:^|/)([0-9A-F]{8})\.history$')
# What pgBackRest says while WAL can't be read.
WAITS = '/run/postgresql/restore-waits'


def get_command(pgbackrest):
    """`restore_command`: 1 is the end of the archive. Any other trouble must not be taken for it (PostgreSQL ends recovery at
    each code up to 125, RestoreArchivedFile() in its xlogarchive.c): it is waited for, and told (restore_watch.py)."""
    get = ' '.join([*pgbackrest, '--log-level-console=off', '--log-level-stderr=warn', 'archive-get', '%f', '"%p"'])
    return 'while :; do %s 2>%s; c=$?; [ $c -gt 1 ] || exit $c; cat %s >&2; sleep 10; done' % (get, WAITS, WAITS)


def segments(names):
    """Numbers of segments by timeline, from the names of files below archive/STANZA/ID."""
    found = {}
    for name in names:
        match = FILE.search(name)
        if match:
            timeline, number = numbered(match.group(1))
            found.setdefault(timeline, set()).add(number)
    return found


def numbered(name):
    """Timeline and number of "000000010000000000000007"."""
    return int(name[:8], 16), archived_wal.number(name)


def named(timeline, number):
    return archived_wal.name('%08X' % timeline, number)


def position(lsn):
    high, low = lsn.split('/')
    return (int(high, 16) << 32) + int(low, 16)


def shown(number):
    """Where a segment begins: "0/7000000"."""
    at = number * SEGMENT
    return '%X/%X' % (at >> 32, at & 0xFFFFFFFF)


def timelines(names):
    return {int(match.group(1), 16) for match in map(HISTORY.search, names) if match}


def followed(wanted, kind, backup, names):
    """The timeline that recovery ends on: PostgreSQL's findNewestTimeLine() stops at the first that has no history."""
    if wanted == 'current' or (kind == 'immediate' and wanted is None):
        return backup
    if wanted not in (None, 'latest'):
        return int(wanted, 0)
    newest, known = backup, timelines(names)
    while newest + 1 in known:
        newest += 1
    return newest


def forks(history):
    """(timeline, position at which it was left), from the text of a history file."""
    lines = [line.split('\t') for line in history.splitlines() if line.strip() and not line.lstrip().startswith('#')]
    return [(int(line[0]), position(line[1])) for line in lines]


def path(first, backup, target, history):
    """(timeline, first number, number at which the next begins or None): the way from the backup to the target's timeline."""
    begin, steps = first, []
    for timeline, left in forks(history):
        if timeline >= backup and target != backup:
            end = left // SEGMENT
            steps.append((timeline, begin, end))
            begin = end
    return [*steps, (target, begin, None)]


def missing(names, steps, stop, kind, target=None):
    """The first gap, or None; with `certain`, whether the target can't be reached without it. `stop`: number of the segment in
    which the backup ends."""
    there = segments(names)
    for timeline, begin, end in steps:
        has = there.get(timeline, set())
        last = max(has, default=begin - 1)
        until = last + 1 if end is None else end
        if kind == 'immediate':
            until = stop + 1
        elif kind == 'lsn':
            until = min(until, position(target) // SEGMENT + 1)
        # Up to its end the backup needs all of it, whatever the archive has behind it.
        until = max(until, stop + 1 if begin <= stop and end is None else begin)
        absent = next((number for number in range(begin, until) if number not in has), None)
        if absent is not None:
            to = next((number for number in range(absent, until) if number in has), until) - 1
            return {
                'from': named(timeline, absent),
                'to': named(timeline, to),
                'certain': absent <= stop or kind in ('default', 'lsn', 'immediate'),
                # Without it there is no consistent state at all.
                'within': absent <= stop,
            }
    return None


def refusal(gap, backup):
    """Why a restore is not even begun, and what can be asked for instead."""
    return (
        '%s is missing in the repository, and backup %s can\'t reach the target without it. To have what was committed before, '
        'write untilGap: true; what was committed after it, only a backup that begins after it has'
    ) % (lacked(gap), backup)


def lacked(gap):
    return 'WAL ' + (gap['from'] if gap['from'] == gap['to'] else '%s to %s' % (gap['from'], gap['to']))


def before(gap):
    timeline, number = numbered(gap['from'])
    return named(timeline, number - 1)
