"""The annotation of the pod in which the agent publishes what is not to be seen from outside."""
import json

from kubernetes_api import ApiError, Unreachable

ANNOTATION = 'postgres-ha.dev/status'
FIELD_MANAGER = 'postgres-ha-agent'
# What only a running PostgreSQL tells. While it is away, the last known stays.
FROM_POSTGRESQL = ('running', 'pendingRestart', 'systemIdentifier')


class PodStatus:
    def __init__(self, api, pod, log):
        self._api, self._pod, self._log = api, pod, log
        self._written = None

    def publish(self, status):
        """Writes `status` if it differs from what is written; returns whether it is there now."""
        try:
            if self._written is None:
                annotations = self._api.get('pods', self._pod)['metadata'].get('annotations') or {}
                self._written = annotations.get(ANNOTATION, '')
            if 'running' not in status:
                last = json.loads(self._written or '{}')
                status = {**{key: last[key] for key in FROM_POSTGRESQL if key in last}, **status}
            text = json.dumps(status, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
            if text != self._written:
                body = {'metadata': {'annotations': {ANNOTATION: text}}}
                self._api.patch('pods', self._pod, body, FIELD_MANAGER)
                self._written = text
            self._log.state('status', None)
            return True
        except (Unreachable, ApiError) as error:
            self._log.state('status', 'cannot be written: %s' % error)
            return False
