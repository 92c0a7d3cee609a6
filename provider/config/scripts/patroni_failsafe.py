"""Whom a leader asks when it can't reach the API server, so that it may go on leading (failsafe_mode): every member, at
the address that it has last noted. Of a member that has come anew Patroni notes it in its next loop, and knows what it has
noted in the one after that: for up to two loop_wait, 20 s, it would ask at the address of the former pod, get no answer, and
demote itself. Here it looks again as soon as a member tells another address, and knows at once what it has noted, as
with every other store than Kubernetes (write_failsafe in dcs/__init__.py). Source: Patroni 4.1.5, ha.py (_failsafe_config,
check_failsafe_topology), dcs/kubernetes.py, which the names below refer to; where a newer one no longer has them, its own ways are
back, and nothing else changes.
"""
import functools
import json


def address(pod):
    """Where a member's Patroni answers, as it tells in its pod; none while it has told nothing."""
    annotations = pod and pod.metadata.annotations or {}
    try:
        return json.loads(annotations.get('status', '')).get('api_url')
    except (ValueError, AttributeError):  # not yet written, or by something else
        return None


def looks_again(process_event):
    @functools.wraps(process_event)
    def processed(self, event):
        name = event['object'].get('metadata', {}).get('name')
        before = address(self.get(name))
        process_event(self, event)
        if event['object'].get('kind') == 'Pod' and address(self.get(name)) != before:
            self._dcs.event.set()

    return processed


def remembers(update_leader):
    @functools.wraps(update_leader)
    def updated(self, *args, **kwargs):
        done = update_leader(self, *args, **kwargs)
        # cluster, last_lsn, slots, failsafe
        noted = kwargs.get('failsafe', args[3] if len(args) > 3 else None)
        if done and noted:
            self._last_failsafe = noted
        return done

    return updated


def follow_addresses(kubernetes):
    """`kubernetes` is Patroni's module of this name."""
    for owner, name, better in (
        (kubernetes.ObjectCache, '_process_event', looks_again),
        (kubernetes.Kubernetes, 'update_leader', remembers),
    ):
        if hasattr(owner, name):
            setattr(owner, name, better(getattr(owner, name)))
