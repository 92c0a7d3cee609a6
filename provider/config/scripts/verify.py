"""Reads every backup and all WAL of one repository and compares sizes and checksums, in a Job (`pgbackrest verify`), and
looks whether WAL is missing between what is there.

What is found goes to ConfigMap CLUSTER-backups, key verify-repoN.json; missing WAL to the known gaps (archive_gaps.py).
"""
import json
import os
import subprocess
import sys
import time

import archive_gaps
from archived_wal import lacking
from backup_report import report
from repository_job import backups, information, pgbackrest, publish, read, say
from verify_report import verdict

# Segments are pushed side by side, so that one may be there before the one before it; not for so long.
SETTLE_SECONDS = 60
LOOK_SECONDS = 5


def labels(repository):
    return [one['label'] for one in backups(repository)]


def verified(repository):
    done = subprocess.run(
        pgbackrest('--repo=%s' % repository, '--output=text', '--verbose', '--log-level-console=off',
                   '--log-level-stderr=info', '--log-timestamp=n', 'verify'),
        capture_output=True,
        text=True,
        check=False,
    )
    for line in (done.stdout + done.stderr).splitlines():
        say(line)
    return verdict(done.returncode, done.stdout, done.stderr)


def older(files, than):
    """Names of files that were there at a time. A gap between such files will not be filled any more."""
    return [name for name, one in files.items() if one.get('time', 0) <= than]


def missing(repository):
    """Gaps in the archive that are there to stay; None when it could not be listed."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        done = subprocess.run(
            pgbackrest('--repo=%s' % repository, '--log-level-console=off', '--output=json', '--recurse', 'repo-ls', 'archive/db'),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            return None
        files = json.loads(done.stdout or '{}')
        found = lacking(files)
        if found == lacking(older(files, time.time() - SETTLE_SECONDS)) or time.monotonic() > until:
            return found
        time.sleep(LOOK_SECONDS)


def judged(repository, found):
    """`found` with what is missing; only a gap after which no backup has begun is a failure."""
    gaps = missing(repository)
    if gaps is None:
        return {**found, 'ok': False, 'problems': [*found['problems'], 'the WAL that is there could not be listed']}
    if not gaps:
        return found
    known = read(archive_gaps.KEY)
    merged = archive_gaps.merged(known, repository, gaps)
    if merged != known:
        publish(archive_gaps.KEY, merged)
    usable = report(information(repository))['backups']
    problems = ['WAL %(from)s to %(to)s is missing' % gap for gap in gaps if not archive_gaps.closed(gap, usable)]
    for problem in problems:
        say(problem)
    return {**found, 'ok': found['ok'] and not problems, 'problems': [*problems, *found['problems']]}


def main():
    repository = os.environ['REPOSITORY']
    started = time.time()
    before = labels(repository)
    found = verified(repository)
    after = labels(repository)
    if not found['ok'] and after != before:
        # An expiry that ran meanwhile took files away that this run was to read.
        say('backups came or went meanwhile: once more')
        found = verified(repository)
    found = judged(repository, found)
    found.update(at=int(time.time()), seconds=round(time.time() - started))
    published = publish('verify-repo%s.json' % repository, found)
    return 0 if found['ok'] and published else 1


if __name__ == '__main__':
    sys.exit(main())
