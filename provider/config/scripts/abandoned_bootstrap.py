"""Takes back that somebody makes the cluster's data, where nobody is at it any more.

Patroni notes so (an empty `initialize`) before it makes them, and takes it away when that fails. A pod that is deleted in the
middle, or lost with its node, leaves it: from then on every member waits for the one that is gone (ha.py, bootstrap: "waiting
for leader to bootstrap"), for ever. There is no data yet that anybody could lose.
"""
import json
import time

from kubernetes_api import ApiError, Unreachable

FIELD_MANAGER = 'postgres-ha-agent'
MEMBERS = 'postgres-ha.dev/cluster=%s,postgres-ha.dev/component=postgres'
# Patroni tells what it is at each `loop_wait`; for this long nobody has been at it.
PATIENCE_SECONDS = 10
IDLE = {'state': 'stopped', 'role': 'uninitialized'}


def waits(status):
    """Whether a Patroni with this status (its pod's annotation, or its answer) is at nothing: one that makes data has another state."""
    return isinstance(status, dict) and {key: status.get(key) for key in IDLE} == IDLE


def is_abandoned(config, leader, pods):
    """`config` and `leader` are Patroni's objects of these names, `pods` those of all members."""
    return (
        _annotations(config).get('initialize') == ''
        and not _annotations(leader).get('leader')
        and all(waits(_status(pod)) for pod in pods)
    )


class AbandonedBootstrap:
    def __init__(self, api, cluster, log):
        self._api, self._cluster, self._log = api, cluster, log
        self._since = None

    def look(self, answer):
        """`answer` is that of the member's own Patroni."""
        if not waits(answer):
            self._since = None
            return
        try:
            config, leader = self._endpoints('-config'), self._endpoints('')
            if not is_abandoned(config, leader, self._api.list('pods', MEMBERS % self._cluster)):
                self._since = None
                return
            now = time.monotonic()
            self._since = self._since or now
            if now - self._since < PATIENCE_SECONDS:
                return
            # For this version alone: who has begun since makes this write fail.
            version = config['metadata']['resourceVersion']
            body = {'metadata': {'resourceVersion': version, 'annotations': {'initialize': None}}}
            self._api.patch('endpoints', self._cluster + '-config', body, FIELD_MANAGER)
            self._log.line('whoever made the data of this cluster is gone: it is begun again')
            self._log.state('bootstrap', None)
        except (ApiError, Unreachable) as error:
            self._log.state('bootstrap', 'cannot look whether anybody makes the data: %s' % error)
        self._since = None

    def _endpoints(self, suffix):
        try:
            return self._api.get('endpoints', self._cluster + suffix)
        except ApiError as error:
            if error.status == 404:
                return {'metadata': {}}
            raise


def _annotations(found):
    return found['metadata'].get('annotations') or {}


def _status(pod):
    text = _annotations(pod).get('status')
    try:
        # Who has not said anything yet has not begun: Patroni tells in the same round.
        return json.loads(text) if text else IDLE
    except ValueError:
        return None
