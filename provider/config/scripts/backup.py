"""Takes a backup, in a Job: `backup.py full|diff|incr [--first] [OPTION]…`. With --first only where there is none yet;
further options (--annotation, --no-expire-auto) are pgBackRest's own.

Two backups of one cluster exclude each other by pgBackRest's locks; the second waits here. At its end, well or not, the
backups that there are go to ConfigMap CLUSTER-backups, which whoever may `get` it can read.
"""
import json
import os
import subprocess
import sys
import time

from backup_report import report
from kubernetes_api import Api, ApiError, Unreachable

LOCKED = 50
# Longer than any backup of the same cluster should take.
WAIT_SECONDS = 12 * 3600
PAUSE_SECONDS = 15
FIELD_MANAGER = 'postgres-ha-backup'


def say(text):
    print('backup: %s' % text, file=sys.stderr, flush=True)


def pgbackrest(*arguments):
    return ['pgbackrest', '--stanza=db', *arguments]


def information(repository):
    done = subprocess.run(
        pgbackrest('--repo=%s' % repository, '--output=json', '--log-level-console=off', 'info'),
        stdout=subprocess.PIPE,
        check=False,
    )
    return json.loads(done.stdout or b'[]')


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


def publish(repository):
    text = json.dumps(report(information(repository)), separators=(',', ':'))
    api = Api(os.environ['POD_NAMESPACE'])
    body = {'data': {'repo%s.json' % repository: text}}
    api.patch('configmaps', os.environ['CLUSTER_NAME'] + '-backups', body, FIELD_MANAGER)


def main():
    kind, repository = sys.argv[1], os.environ['REPOSITORY']
    if '--first' in sys.argv[2:] and report(information(repository))['backups']:
        say('repository %s has backups already' % repository)
        code = 0
    else:
        code = take(kind, repository, [option for option in sys.argv[2:] if option != '--first'])
    try:
        publish(repository)
    except (ApiError, Unreachable) as error:
        say('the list of backups could not be published: %s' % error)
        code = code or 1
    return code


if __name__ == '__main__':
    sys.exit(main())
