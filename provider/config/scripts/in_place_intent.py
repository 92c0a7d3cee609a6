"""What a restore in place has to do here: key restore.json of ConfigMap CLUSTER-config, written by the action (actions/restore).

It is there from before the first member starts again until all of them are up. `stage` is `leader` while one member is
restored and nobody else may start, then `members` while the others are made anew.
"""
import json
import os
import re

import restore_wal

MOUNTED = '/etc/postgres-ha/config/restore.json'
# It becomes the name of a directory.
ID = re.compile(r'^[0-9a-f]{6,40}$')


def parse(text):
    """The intent, or None where the text is none."""
    try:
        found = json.loads(text or 'null')
    except ValueError:
        return None
    if not isinstance(found, dict) or found.get('stage') not in ('leader', 'members'):
        return None
    ids = [found.get('id'), *([found['undo']] if 'undo' in found else [])]
    whole = all(isinstance(one, str) and ID.match(one) for one in ids) and isinstance(found.get('leader'), str)
    return found if whole else None


def attempt(intent):
    """Which try of which restore it is."""
    return '%s %d' % (intent['id'], intent.get('attempt', 1))


def read(path=MOUNTED):
    """A pod that starts finds the newest; afterwards the mount may be up to a minute behind."""
    try:
        with open(path, encoding='utf-8') as file:
            return parse(file.read())
    except OSError:
        return None


def _common(intent, separate_wal):
    return [
        'pgbackrest',
        '--stanza=db',
        '--repo=%d' % intent['repository'],
        # The one that the plan names: by itself pgBackRest would choose by time alone, also one of a timeline that was left.
        '--set=' + intent['backup'],
        # After an interruption only what is missing is copied.
        '--delta',
        *(['--link-map=pg_wal=/pgwal/wal'] if separate_wal else []),
        '--log-level-console=info',
        '--log-level-stderr=error',
    ]


def leader_command(intent, separate_wal):
    kind, timeline = intent['type'], intent.get('timeline')
    return [
        *_common(intent, separate_wal),
        '--type=' + kind,
        '--recovery-option=restore_command='
        + restore_wal.get_command(['pgbackrest', '--stanza=db', '--repo=%d' % intent['repository']]),
        *(['--target=' + intent['target']] if intent.get('target') else []),
        *(['--target-action=promote'] if kind != 'default' else []),
        # PostgreSQL would follow the newest, which may be one that an earlier restore has left.
        *(['--target-timeline=%d' % timeline] if timeline and kind != 'immediate' else []),
        *(['--recovery-option=recovery_target_timeline=current'] if kind == 'immediate' else []),
        'restore',
    ]


def replica_command(intent, separate_wal):
    """Patroni writes the connection to the primary itself."""
    return [*_common(intent, separate_wal), '--type=standby', 'restore']


def separate_wal():
    return os.path.ismount('/pgwal')
