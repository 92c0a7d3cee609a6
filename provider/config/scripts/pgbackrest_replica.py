"""Makes a replica from the newest backup of the first repository that has one; called by Patroni.

Only what differs from the data that is there is copied. Without any backup this fails at once, and Patroni takes a base
backup instead. While a cluster is restored in place, it is the backup that the primary was restored from: newer ones are of
what was left behind.
"""
import os
import subprocess
import sys

import in_place
import in_place_intent
import unfinished


def command(separate_wal):
    return [
        'pgbackrest',
        '--stanza=db',
        '--delta',
        # Patroni writes the connection to the primary itself.
        '--type=standby',
        # A repository that is away must not hold the base backup up for longer.
        '--io-timeout=20',
        '--log-level-console=info',
        *(['--link-map=pg_wal=/pgwal/wal'] if separate_wal else []),
        'restore',
    ]


def main():
    found = in_place.asked()
    if found is None:
        unfinished.Volume().take_back()
        arguments = command(in_place_intent.separate_wal())
        os.execvp(arguments[0], arguments)
    intent, volume = found
    if not intent.get('backup'):
        volume.forget()
        sys.exit('restore: no backup is of what this cluster goes on with: a base backup is taken')
    volume.step_back()
    code = subprocess.call(in_place_intent.replica_command(intent, in_place_intent.separate_wal()))
    if code == 0:
        volume.finish()
    sys.exit(code)


if __name__ == '__main__':
    main()
