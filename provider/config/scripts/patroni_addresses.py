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
- The address of the pod before. One that was deleted with grace 0 may have written its own into the pod that has come for it, and may have
  ended with the lock. The new Patroni then asks there whether it is alone, up to 4 times 3 s (__main__.py, ensure_unique_name), and the
  replicas ask there before they take over, 2 s. Here the first asks once, for 2 s, as the replicas do; and it tells its own address before
  it releases the lock, if another is told.
"""
import functools
import json

from patroni_wrap import wrap

# As fetch_node_status in ha.py.
ASK_SECONDS = 2


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
        if event['object'].get('kind') != 'Pod':
            return process_event(self, event)
        name = event['object']['metadata']['name']
        before = address(self.get(name))
        process_event(self, event)
        if address(self.get(name)) != before:
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


def asks_once(ensure_unique_name):
    @functools.wraps(ensure_unique_name)
    def ensured(self, cluster):
        request = self.request
        self.request = lambda *args, **kwargs: request(*args, **{**kwargs, 'timeout': ASK_SECONDS, 'retries': 0})
        try:
            return ensure_unique_name(self, cluster)
        finally:
            self.request = request

    return ensured


def tells_first(release):
    @functools.wraps(release)
    def released(self, *args, **kwargs):
        told = self.cluster and self.cluster.get_member(self.state_handler.name, fallback_to_leader=False)
        if told and told.api_url != self.patroni.api.connection_string:
            self.touch_member()
        return release(self, *args, **kwargs)

    return released


def follow_addresses(kubernetes, config, ha, daemon):
    """Patroni's modules: `kubernetes` of its stores, `config` of PostgreSQL, `ha`, and `daemon`, which is __main__."""
    wrap(
        (kubernetes.ObjectCache, '_process_event', looks_again),
        (kubernetes.Kubernetes, 'update_leader', remembers),
        (config.ConfigHandler, 'check_recovery_conf', keeps_following),
        (daemon.Patroni, 'ensure_unique_name', asks_once),
        (ha.Ha, 'release_leader_key_voluntarily', tells_first),
    )
