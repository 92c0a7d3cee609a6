"""Takes a backup, in a Job: `backup.py full|diff|incr [--first] [OPTION]…`. With --first only where there is none yet;
further options (--annotation, --no-expire-auto) are pgBackRest's own.

Two backups of one cluster exclude each other by pgBackRest's locks; the second waits here. At its end, well or not, the
backups that there are go to ConfigMap CLUSTER-backups, which whoever may `get` it can read.
"""
import os
import subprocess
import sys
import time

import archive_gaps
from backup_report import report
from repository_job import information, pgbackrest, publish, read, say

LOCKED = 50
# Longer than any backup of the same cluster should take.
WAIT_SECONDS = 12 * 3600
PAUSE_SECONDS = 5


def take(kind, repository, options):
    """The exit code of pgBackRest, after waiting for other backups."""
    until = time.monotonic() + WAIT_SECONDS
    waits = False
    while True:
        code = subprocess.call(pgbackrest('--repo=%s' % repository, '--type=' + kind, *options, 'backup'))
        if code != LOCKED or time.monotonic() > until:
            return code
        if not waits:
            say('another backup is at work: waiting')
        waits = True
        time.sleep(PAUSE_SECONDS)


def prune_gaps(repository, oldest):
    """Gaps in WAL that has expired tell nobody anything."""
    known = read(archive_gaps.KEY)
    left = archive_gaps.within(known, repository, oldest)
    if left != known:
        publish(archive_gaps.KEY, left)


def main():
    kind, repository = sys.argv[1], os.environ['REPOSITORY']
    if '--first' in sys.argv[2:] and report(information(repository))['backups']:
        say('repository %s has backups already' % repository)
        code = 0
    else:
        code = take(kind, repository, [option for option in sys.argv[2:] if option != '--first'])
    found = report(information(repository))
    published = publish('repo%s.json' % repository, found)
    prune_gaps(repository, found['walMin'])
    return code or (0 if published else 1)


if __name__ == '__main__':
    sys.exit(main())
