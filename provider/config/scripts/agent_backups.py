"""The agent's part in backups: what container pgbackrest found out about the archive, and WAL that a repository has lost.

Gaps are published in ConfigMap CLUSTER-backups (archive_gaps.py), by the leader, and are in its status until a backup closes
them, whoever leads then.
"""
import json
import time

import archive_gaps
import old_data
import restore_state
from kubernetes_api import ApiError, Unreachable
from published import document

STATE = '/run/postgresql/pgbackrest.json'
FIELD_MANAGER = 'postgres-ha-agent'
# Backups, verifications and test restores are published when they end; so late at most they are in the metrics.
READ_SECONDS = 20
# Somebody takes the backup that closes a gap, and looks whether it has.
READ_SECONDS_WITH_GAPS = 10


class Backups:
    def __init__(self, api, cluster, log):
        self._api, self._cluster, self._log = api, cluster, log
        self._name = cluster + '-backups'
        self._published = None
        self._next_read = 0

    def state(self):
        """What archive_watch.py found; it alone has what that takes. Empty without repositories, and on replicas. And how the
        restore went that made this cluster."""
        restore = restore_state.read()
        told = {'restore': restore} if restore else {}
        try:
            with open(STATE, encoding='utf-8') as file:
                return {**json.load(file), **told}
        except (OSError, ValueError):
            return told

    @staticmethod
    def volume():
        """The part of the status that tells of the volume (old_data.py)."""
        try:
            with open(old_data.STATE, encoding='utf-8') as file:
                return {'volume': json.load(file)}
        except (OSError, ValueError):
            return {}

    def published(self):
        """The data of ConfigMap CLUSTER-backups as last read; empty before."""
        return self._published or {}

    def lead(self, state):
        """On the leader: publishes gaps that are new, and returns the part of the status that tells of open ones."""
        if not state:
            return {}
        found = state.get('gaps') or {}
        if self._published is None or time.monotonic() > self._next_read:
            self._read()
        if self._published is None:
            return {}
        known, merged = self._merged(found)
        if merged != known:
            # A verification may have added some since.
            self._read()
            _, merged = self._merged(found)
            self._write(json.dumps(merged, sort_keys=True, separators=(',', ':')))
        open_gaps = [
            archive_gaps.problem(self._cluster, number, gap)
            for number, gaps in sorted(merged.items())
            for gap in gaps
            if not archive_gaps.closed(gap, self._backups(number))
        ]
        if open_gaps:
            self._next_read = min(self._next_read, time.monotonic() + READ_SECONDS_WITH_GAPS)
        return {'gaps': open_gaps} if open_gaps else {}

    def _merged(self, found):
        known = merged = document(self._published, archive_gaps.KEY)
        for number, gap in found.items():
            merged = archive_gaps.merged(merged, number, [gap])
        return known, merged

    def _backups(self, number):
        return document(self._published, 'repo%s.json' % number).get('backups') or []

    def _read(self):
        try:
            self._published = self._api.get('configmaps', self._name).get('data') or {}
            self._next_read = time.monotonic() + READ_SECONDS
            self._log.state('backups', None)
        except (ApiError, Unreachable) as error:
            self._log.state('backups', 'ConfigMap %s cannot be read: %s' % (self._name, error))

    def _write(self, text):
        try:
            self._api.patch('configmaps', self._name, {'data': {archive_gaps.KEY: text}}, FIELD_MANAGER)
            self._published = {**self._published, archive_gaps.KEY: text}
            self._log.line('WAL that a repository lacks: %s' % text)
        except (ApiError, Unreachable) as error:
            self._log.state('gaps', 'cannot be written: %s' % error)
