"""Where members are, as their pods tell Patroni. Source: Patroni 4.1.5, whose names are below; where a newer one no longer has
them, its own ways are back, and nothing else changes.

- Whom a leader asks when it can't reach the API server, so that it may go on leading (failsafe_mode): every member, at the
  address that it has last noted. Of a member that has come anew Patroni notes it in its next loop (ha.py, _failsafe_config), and
  knows what it has noted in the one after that (dcs/kubernetes.py, update_leader): for up to two loop_wait, 20 s, it would
  ask at the address of the former pod, get no answer, and demote itself. Here it looks again as soon as a member tells another
  address, and knows at once what it has noted, as with every other store than Kubernetes (write_failsafe in dcs/__init__.py).
- Whom a replica follows when the leader's pod is deleted with grace 0. The pod is gone at once, and with it the address, while PostgreSQL in
  it still stops in order, for a second or two. Patroni takes primary_conninfo away (ha.py, follow), so that the replicas miss the
  end, the leader strikes them off as synchronous, and nobody may take over. Here what is followed stays as long as the lock names a
  leader, as Patroni does it in a standby cluster ("continue following the old known standby leader").
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


def keeps_following(check_recovery_conf):
    @functools.wraps(check_recovery_conf)
    def checked(self, member):
        change, restart = check_recovery_conf(self, member)
        nowhere = member is not None and member.name and not member.conn_url
        return (False, False) if change and not restart and nowhere else (change, restart)

    return checked


def follow_addresses(kubernetes, config):
    """`kubernetes` and `config` are Patroni's modules of these names, of its stores and of PostgreSQL."""
    for owner, name, better in (
        (kubernetes.ObjectCache, '_process_event', looks_again),
        (kubernetes.Kubernetes, 'update_leader', remembers),
        (config.ConfigHandler, 'check_recovery_conf', keeps_following),
    ):
        if hasattr(owner, name):
            setattr(owner, name, better(getattr(owner, name)))
