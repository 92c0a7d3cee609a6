"""Reads every backup and all WAL of one repository and compares sizes and checksums, in a Job (`pgbackrest verify`).

What is found goes to ConfigMap CLUSTER-backups, key verify-repoN.json.
"""
import os
import subprocess
import sys
import time

from repository_job import information, pgbackrest, publish, say
from verify_report import verdict


def labels(repository):
    return [one['label'] for stanza in information(repository) for one in stanza.get('backup') or []]


def verified(repository):
    done = subprocess.run(
        pgbackrest('--repo=%s' % repository, '--output=text', '--verbose', '--log-level-console=off',
                   '--log-level-stderr=warn', '--log-timestamp=n', 'verify'),
        capture_output=True,
        text=True,
        check=False,
    )
    for line in (done.stdout + done.stderr).splitlines():
        say(line)
    return verdict(done.returncode, done.stdout, done.stderr)


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
    found.update(at=int(time.time()), seconds=round(time.time() - started))
    published = publish('verify-repo%s.json' % repository, found)
    return 0 if found['ok'] and published else 1


if __name__ == '__main__':
    sys.exit(main())
