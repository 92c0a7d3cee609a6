"""archive_command of a cluster with several repositories: one WAL segment to each, none of which waits for another.

One process of pgBackRest for all repositories stops at the first error (command/archive/push/push.c, errorFound), so a
dead repository would stop the others, and a full queue would be dropped for all of them. Here each repository has a
process, marks and a queue of its own. PostgreSQL is told "done" when a segment is done in all of them; until then the
segment stays in pg_wal, and the repositories that live are given what follows it.
"""
import glob
import os
import re
import subprocess
import sys
import time

import archive_gaps
from left_segment import left_here

ROOT = '/etc/pgbackrest'
STANZA = 'db'
# More than any volume: the limit of the queue is for a repository that fails.
NO_LIMIT = '--archive-push-queue-max=4PiB'
# How long the others wait for a slow one before they are given what follows.
AHEAD_SECONDS = 2
TRIES = 3
# ArchiveDuplicateError (build/error.yaml).
DUPLICATE = 45
# A file for each repository that did not take the last segment; it goes with the pod.
FAILING = '/run/postgresql/repository-%s.failing'
# PostgreSQL's stop waits for three tries (archiveCommand in config/wal-commands.ts says why not for long).
HURRY = '--archive-timeout=2'
SIZE = re.compile(r'^archive-push-queue-max=(\d+)MiB$', re.M)
SPOOL = re.compile(r'^spool-path=(.*)$', re.M)


def repositories(root=ROOT):
    """Directories of the repositories, in order of their numbers."""
    return sorted(glob.glob(os.path.join(root, 'repo[0-9]*')), key=lambda path: int(number(path)))


def command(repository, wal, *options):
    configuration = [
        '--config=%s/pgbackrest.conf' % repository,
        '--config-include-path=%s/conf.d' % repository,
        '--stanza=' + STANZA,
    ]
    return ['pgbackrest', *configuration, *options, 'archive-push', wal]


def ready(status_directory):
    """Names of the WAL files that PostgreSQL wants archived, oldest first."""
    try:
        names = os.listdir(status_directory)
    except OSError:
        return []
    return sorted(name[: -len('.ready')] for name in names if name.endswith('.ready'))


def next_for(waiting, done):
    """The first file that a repository has not got yet; pgBackRest pushes all that follow it in the same run."""
    return next((name for name in waiting if name not in done), None)


def over(limit_mib, waiting, size):
    return limit_mib is not None and len(waiting) * size > limit_mib * 2**20


def read(repository):
    with open(os.path.join(repository, 'pgbackrest.conf'), encoding='utf-8') as file:
        text = file.read()
    limit, spool = SIZE.search(text), SPOOL.search(text)
    return int(limit.group(1)) if limit else None, spool.group(1) if spool else ''


def done_in(spool):
    """Files that pgBackRest marked as pushed (reference, spool-path)."""
    try:
        names = os.listdir(os.path.join(spool, 'archive', STANZA, 'out'))
    except OSError:
        return set()
    return {name[: -len('.ok')] for name in names if name.endswith('.ok')}


def ahead(repository, directory, waiting):
    """Gives a repository that has this segment those that follow it."""
    name = next_for(waiting, done_in(read(repository)[1]))
    if name is not None:
        subprocess.run(command(repository, os.path.join(directory, name), NO_LIMIT), check=False)


def number(repository):
    return repository.rsplit('repo', 1)[1]


def stopping():
    """Whether PostgreSQL stops: the last line of postmaster.pid, in the data directory, where PostgreSQL runs its commands."""
    try:
        with open('postmaster.pid', encoding='utf-8') as file:
            return file.read().split('\n')[7:8] == ['stopping']
    except OSError:
        return False


def note(repository, failed):
    """So that the next stop does not wait for it."""
    mark = FAILING % number(repository)
    if failed:
        with open(mark, 'w', encoding='utf-8'):
            pass
    elif os.path.exists(mark):
        os.remove(mark)


def start(repository, wal, *options):
    if os.path.exists(FAILING % number(repository)) and stopping():
        options = (HURRY, *options)
    return subprocess.Popen(command(repository, wal, *options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def done(repository, wal, process):
    """Whether the segment is done, or was let go: then it is noted, for every segment of the queue that went."""
    said = process.communicate()[0]
    sys.stderr.write(said)
    if archive_gaps.DROPPED in said:
        archive_gaps.note(number(repository), os.path.basename(wal))
    # A partial one that is there already, from another member that was promoted, is enough.
    return process.returncode == 0 or (process.returncode == DUPLICATE and wal.endswith('.partial'))


def limited(repository, wal):
    """Pushes with the limit of the queue. The first try may meet the lock, and then the error, of the asynchronous process
    without a limit, which is at work for longer than the one that started it waits; only the next starts one of its own."""
    return any(done(repository, wal, start(repository, wal)) for _ in range(TRIES))


def main(wal):
    if left_here(wal):
        sys.stderr.write('%s is the end of a time line that was left: not archived\n' % wal)
        return 0
    directory = os.path.dirname(wal)
    status = os.path.join(directory, 'archive_status')
    running = {one: start(one, wal, NO_LIMIT) for one in repositories()}
    # A repository that does not answer holds its own process up for a while, and nobody else's WAL.
    while any(process.poll() is None for process in running.values()):
        deadline = time.monotonic() + AHEAD_SECONDS
        while time.monotonic() < deadline and any(process.poll() is None for process in running.values()):
            time.sleep(0.02)
        for one, process in running.items():
            if process.poll() == 0 and any(other.poll() is None for other in running.values()):
                ahead(one, directory, ready(status))
    failed = [one for one, process in running.items() if not done(one, wal, process)]
    for one in running:
        note(one, one in failed)
    if not failed:
        return 0
    waiting = ready(status)
    for one in running:
        if one not in failed:
            ahead(one, directory, waiting)
    # Better a gap in a dead repository than a primary that stops: pgBackRest lets the queue go, and says so in the log.
    size = os.path.getsize(wal)
    left = [
        one
        for one in failed
        if not over(read(one)[0], waiting, size) or not limited(one, wal)
    ]
    return 1 if left else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
