"""Makes the data of a new cluster from backups; called by Patroni where it would else run initdb.

The Secret NAME-restore says where from and how far (config/restore-source.ts). Patroni then starts PostgreSQL, which
replays WAL up to the target and is promoted; from then on the cluster is like any other.
"""
import json
import os
import sys

DIRECTORY = '/etc/postgres-ha/restore'


def command(options, separate_wal):
    kind = options['type']
    return [
        'pgbackrest',
        # Given alone, no other file is read: those in the usual place are of the new cluster's own repositories.
        '--config=%s/pgbackrest.conf' % DIRECTORY,
        '--stanza=db',
        '--repo=%d' % options['repository'],
        '--type=' + kind,
        *(['--target=' + options['target']] if options.get('target') else []),
        *(['--target-action=promote'] if kind != 'default' else []),
        *(['--set=' + options['backup']] if options.get('backup') else []),
        *(['--link-map=pg_wal=/pgwal/wal'] if separate_wal else []),
        '--log-level-console=detail',
        'restore',
    ]


def main():
    try:
        with open(os.path.join(DIRECTORY, 'options.json'), encoding='utf-8') as file:
            options = json.load(file)
    except OSError as error:
        sys.exit('restore: the Secret that says what to restore is not mounted: %s' % error)
    arguments = command(options, os.path.ismount('/pgwal'))
    os.execvp(arguments[0], arguments)


if __name__ == '__main__':
    main()
