"""Watches the recovery that follows a restore: which WAL is replayed, and how it ended.

PostgreSQL can't be asked: Patroni starts it without hot standby, so that a backup of a cluster with more connections
recovers (patroni/postgresql/config.py, effective_configuration). The title of its startup process tells the segment.
"""
import glob
import os
import re
import subprocess
import sys
import time

import restore_state
import restore_wal
from pgbackrest_words import words

DATA = '/pgdata/data'
TICK_SECONDS = 0.25
# Patroni starts PostgreSQL right after a restore; if it does not, its own log says why.
START_SECONDS = 300
REPLAYS = re.compile(r'\bstartup (?:recovering|waiting for) ([0-9A-F]{24})')


def titles():
    """Command lines of the server's processes in this container; Patroni also runs `postgres` to ask it for its parameters."""
    found = []
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            with open(path, encoding='utf-8', errors='replace') as file:
                text = file.read().replace('\0', ' ').strip()
        except OSError:
            continue
        if text.startswith('postgres: ') or ('/postgres ' in text and ' -D ' in text):
            found.append(text)
    return found


def segment(found):
    """The segment that is replayed, of some titles; '' while recovery is not that far, None where none recovers."""
    startup = [text for text in found if ' startup' in text and text.startswith('postgres: ')]
    if not startup:
        return None
    match = REPLAYS.search(startup[0])
    return match.group(1) if match else ''


def recovers():
    """Whether the files are still those of a recovery; those of a backup say that they are in production."""
    version = open(os.path.join(DATA, 'PG_VERSION'), encoding='ascii').read().strip()
    program = '/usr/lib/postgresql/%s/bin/pg_controldata' % version
    text = subprocess.run([program, DATA], capture_output=True, text=True, check=False).stdout
    return re.search(r'^Database cluster state: .*recovery$', text, re.M) is not None


def ended():
    """Timeline, position and reason of the newest history file, which PostgreSQL writes when it ends recovery."""
    files = glob.glob(os.path.join(DATA, 'pg_wal', '*.history'))
    newest = max(files, key=os.path.basename, default=None)
    if newest is None:
        return {}
    with open(newest, encoding='utf-8') as file:
        line = [one for one in file.read().splitlines() if one.strip()][-1]
    _, lsn, reason = (line.split('\t', 2) + ['', ''])[:3]
    return {'timeline': int(os.path.basename(newest)[:8], 16), 'ended': lsn, 'reason': reason}


def short(found, kind, end):
    """Whether recovery to the end of the archive ended before the last segment that was there when it began."""
    if kind != 'default' or not end or 'ended' not in found:
        return None
    return restore_wal.position(found['ended']) < restore_wal.numbered(end)[1] * restore_wal.SEGMENT or None


def waits():
    try:
        with open(restore_wal.WAITS, encoding='utf-8', errors='replace') as file:
            return words(file.read()) or None
    except OSError:
        return None


def outcome(replayed):
    """How recovery ended, or {} while it goes on or when it failed. Patroni may restart PostgreSQL right after it."""
    return {} if not replayed or recovers() else ended()


def main():
    writer = restore_state.Writer(restore_state.read())
    kind = sys.argv[1]
    seen, replayed, gone, begun = False, False, 0, time.monotonic()
    while True:
        found = titles()
        at = segment(found)
        if at is not None:
            seen, gone, replayed = True, 0, replayed or bool(at)
            place = restore_wal.shown(restore_wal.numbered(at)[1]) if at else None
            writer.set(segment=at or None, replayed=place, waits=waits())
        elif seen:
            gone = 0 if found else gone + 1
            end = outcome(replayed)
            if end:
                missed = short(end, kind, writer.state.get('end'))
                writer.set(now=True, phase='done', segment=None, replayed=None, waits=None, short=missed, **end)
                return
            if gone > 1:
                where = ' at %s' % writer.state['replayed'] if 'replayed' in writer.state else ''
                problem = 'PostgreSQL ended while it replayed WAL%s' % where
                writer.set(now=True, phase='failed', during='replay', problem=problem)
                return
        elif time.monotonic() - begun > START_SECONDS:
            return
        time.sleep(TICK_SECONDS)


if __name__ == '__main__':
    main()
