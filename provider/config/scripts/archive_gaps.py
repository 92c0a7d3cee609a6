"""WAL that a repository will never get. Mostly its queue was full, and pgBackRest let it go so that PostgreSQL goes on.

archive_command notes the names of such files on the data volume (config/wal-commands.ts, pgbackrest_push.py). Container
pgbackrest reads them (archive_watch.py), and the agent publishes them in ConfigMap CLUSTER-backups, where they outlive
this member. A verification adds what it misses for whatever reason (verify.py). A point in time within a gap can't be
restored; a backup that begins after it closes it.
"""
import os
import re

DIRECTORY = '/pgdata/pgbackrest'
DROPPED = 'dropped WAL'
NAME = re.compile(r'^[0-9A-F]{24}$')
KEY = 'gaps.json'


def path(number, directory=DIRECTORY):
    return os.path.join(directory, 'dropped-%s' % number)


def note(number, wal, directory=DIRECTORY):
    with open(path(number, directory), 'a', encoding='ascii') as file:
        file.write(wal + '\n')


def position(wal):
    """The place of a segment whatever its timeline."""
    return wal[8:]


def noted(number, directory=DIRECTORY):
    """The first and the last file that were let go, or None."""
    try:
        with open(path(number, directory), encoding='ascii') as file:
            names = [name for name in file.read().split() if NAME.match(name)]
    except OSError:
        return None
    if not names:
        return None
    return {'from': min(names, key=position), 'to': max(names, key=position)}


def closed(gap, backups):
    """Whether one of the backups (backup_report.py) begins after the gap."""
    return any(position(one['walStart']) > position(gap['to']) for one in backups if one.get('walStart'))


def forget(number, directory=DIRECTORY):
    os.unlink(path(number, directory))


def merged(known, number, found):
    """`known` is the published {number: [gap, …]}; gaps that have something in common are one."""
    result = list(known.get(number, []))
    for gap in found:
        common = [one for one in result if _overlap(one, gap)]
        one = {
            'from': min((each['from'] for each in [*common, gap]), key=position),
            'to': max((each['to'] for each in [*common, gap]), key=position),
        }
        result = sorted([*(each for each in result if each not in common), one], key=lambda each: position(each['from']))
    return {**known, number: result} if result else known


def _overlap(one, other):
    return position(one['from']) <= position(other['to']) and position(other['from']) <= position(one['to'])


def within(known, number, oldest):
    """Without the gaps of a repository that lie before its oldest WAL: nothing is restored from there any more."""
    kept = [one for one in known.get(number, []) if oldest is None or position(one['to']) >= position(oldest)]
    return {**{key: value for key, value in known.items() if key != number}, **({number: kept} if kept else {})}


def problem(cluster, number, gap):
    return (
        'repository %s lacks WAL %s to %s: it was away until its queue was full, or has lost it. No point in time in between can be '
        'restored from it, nor from older backups any later one. Take a backup: pgha backup %s --repository %s'
        % (number, gap['from'], gap['to'], cluster, number)
    )
