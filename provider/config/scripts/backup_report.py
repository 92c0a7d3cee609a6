"""`pgbackrest info --output=json`, cut to what people and plans need. Pure."""


def report(information):
    stanza = information[0] if information else {}
    status = stanza.get('status') or {}
    archives = stanza.get('archive') or []
    backups = [backup(one) for one in stanza.get('backup') or []]
    current = max(archives, key=lambda one: one.get('database', {}).get('id', 0), default={})
    return {
        'status': 'ok' if status.get('code') == 0 else status.get('message', 'no stanza'),
        'cipher': stanza.get('cipher', 'none'),
        'backups': backups,
        # A restore may end anywhere between the end of the first backup and the last WAL (DESIGN, Restore).
        'firstStop': backups[0]['stop'] if backups else None,
        'walMin': current.get('min'),
        'walMax': current.get('max'),
    }


def backup(one):
    size = one.get('info', {})
    return {
        'label': one['label'],
        'type': one['type'],
        'start': one['timestamp']['start'],
        'stop': one['timestamp']['stop'],
        'walStart': one['archive']['start'],
        'walStop': one['archive']['stop'],
        'lsnStop': (one.get('lsn') or {}).get('stop'),
        'databaseBytes': size.get('size', 0),
        # With bundles pgBackRest knows no size of the parts that other backups hold.
        'addedBytes': size.get('repository', {}).get('delta', 0),
        'error': bool(one.get('error')),
        'prior': one.get('prior'),
    }
