"""Makes a replica from the newest backup of the first repository that has one; called by Patroni.

Only what differs from the data that is there is copied. Without any backup this fails at once, and Patroni takes a base
backup instead.
"""
import os


def command(separate_wal):
    return [
        'pgbackrest',
        '--stanza=db',
        '--delta',
        # Patroni writes the connection to the primary itself.
        '--type=standby',
        '--log-level-console=info',
        *(['--link-map=pg_wal=/pgwal/wal'] if separate_wal else []),
        'restore',
    ]


if __name__ == '__main__':
    arguments = command(os.path.ismount('/pgwal'))
    os.execvp(arguments[0], arguments)
