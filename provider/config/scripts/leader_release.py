"""Releases the lock of a leader whose container has ended, which Patroni would hold until it is back or `ttl` is over.

Patroni ends with its container and releases nothing. The next one holds the lock still, finds PostgreSQL stopped and,
where primary_start_timeout is 0, hands over (ha.py, recover). But kubelet starts a container that has ended before only
after 10 s, 20 s, 40 s … (Kubernetes documentation, "container restart policy"), and a start takes its time too. The
agent lives on beside it and can do at once what that Patroni would do. It is safe because

- kubelet says that the container has ended. Its processes share a process namespace, of which the first one's end is
  complete only when the kernel has ended all others (pid_namespaces(7)): no PostgreSQL of it is left to write;
- the lock was last renewed before that: no newer Patroni holds it (both times are this node's clock);
- the write names the very version of the lock that was read. A Patroni that has just been started and renews it makes
  this write fail; one that renews later finds that it no longer leads, and follows (dcs/kubernetes.py, update_leader).

It is done only where Patroni itself would hand over: primary_start_timeout 0 (each synchronous mode), not paused, and a
synchronous standby, which holds every acknowledged commit, can take over.
"""
import json
import threading
import time
from datetime import datetime, timedelta

from kubernetes_api import Api, ApiError, Unreachable

CONTAINER = 'database'
FIELD_MANAGER = 'postgres-ha-agent'
# finishedAt has whole seconds.
ROUNDING = timedelta(seconds=1)


def ended_at(pod):
    """When the container ended, if it does not run now; None where that is not sure."""
    for status in (pod.get('status') or {}).get('containerStatuses') or []:
        if status['name'] != CONTAINER:
            continue
        state = status.get('state') or {}
        if 'running' in state:
            return None
        terminated = state.get('terminated') or (status.get('lastState') or {}).get('terminated') or {}
        return _time(terminated.get('finishedAt'))
    return None


def may_release(name, ended, leader, sync, config):
    """`leader`, `sync` and `config` are Patroni's objects of these names; `ended` is the container's end."""
    lock = _annotations(leader)
    renewed = _time(lock.get('renewTime'))
    if lock.get('leader') != name or renewed is None or renewed > ended + ROUNDING:
        return False
    try:
        settings = json.loads(_annotations(config).get('config') or '{}')
    except ValueError:
        return False
    if settings.get('pause') or settings.get('primary_start_timeout') != 0:
        return False
    standbys = _annotations(sync)
    return standbys.get('leader') == name and bool(standbys.get('sync_standby'))


def released(leader):
    """What Patroni's delete_leader writes, for this version of the object alone."""
    version = leader['metadata']['resourceVersion']
    return {'metadata': {'resourceVersion': version, 'annotations': {'leader': None}}, 'subsets': []}


class LeaderRelease:
    """Follows the member's own pod, in a thread and with a connection of its own."""

    def __init__(self, namespace, cluster, pod, log):
        self._api, self._cluster, self._pod, self._log = Api(namespace), cluster, pod, log
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                for pod in self._api.follow('pods', self._pod):
                    self._look(pod)
                    self._log.state('release', None)
            except (ApiError, Unreachable) as error:
                self._log.state('release', 'cannot look whether the container has ended: %s' % error)
            except Exception as error:  # the thread must outlive whatever a server may send
                self._log.state('release', repr(error))
            # Then the pod is read anew: what failed is tried again, on what is there then.
            time.sleep(1)

    def _look(self, pod):
        ended = pod and ended_at(pod)
        if not ended:
            return
        leader, sync, config = (
            self._api.get('endpoints', self._cluster + suffix) for suffix in ('', '-sync', '-config')
        )
        if may_release(self._pod, ended, leader, sync, config):
            self._api.patch('endpoints', self._cluster, released(leader), FIELD_MANAGER)
            self._log.line('the leader has ended with its container: its lock is released')


def _annotations(found):
    return found['metadata'].get('annotations') or {}


def _time(text):
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
