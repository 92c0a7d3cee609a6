"""What a change of a pod does in Patroni, with stand-ins for its cache, its store and its configuration of PostgreSQL."""
import json
import types
import unittest

import patroni_addresses as addresses


class Cache:
    """As Patroni's ObjectCache: keeps what events bring, and wakes nobody for a pod."""

    def __init__(self):
        self.woken = 0
        self._dcs = types.SimpleNamespace(event=types.SimpleNamespace(set=self._wake))
        self._objects = {}

    def _wake(self):
        self.woken += 1

    def get(self, name):
        return self._objects.get(name)

    def _process_event(self, event):
        metadata = event['object']['metadata']
        self._objects.pop(metadata['name'], None)
        if event['type'] != 'DELETED':
            annotations = metadata.get('annotations')
            self._objects[metadata['name']] = types.SimpleNamespace(metadata=types.SimpleNamespace(annotations=annotations))


class Store:
    """As Patroni's Kubernetes: what it has noted it would know only after it has read it."""

    def __init__(self, reachable):
        self._reachable = reachable
        self._last_failsafe = {}

    def update_leader(self, cluster, last_lsn, slots=None, failsafe=None):
        return self._reachable


class Config:
    """As Patroni's ConfigHandler, of a replica that follows 10.0.0.1."""

    signal = True

    def check_recovery_conf(self, member):
        if not self.signal:
            return True, True
        return (member.conn_url if member else None) != 'postgres://10.0.0.1:5432/postgres', False


class Daemon:
    """As Patroni itself: asks who has its name."""

    def __init__(self):
        self.asked = []
        self.request = lambda member, **how: self.asked.append((member, how))

    def ensure_unique_name(self, cluster):
        self.request(cluster, endpoint='/liveness', timeout=3)


class Ha:
    """As Patroni's Ha, of a member that answers at 10.0.0.2."""

    state_handler = types.SimpleNamespace(name='hippo-1-0')
    patroni = types.SimpleNamespace(api=types.SimpleNamespace(connection_string='https://10.0.0.2:8008/patroni'))

    def __init__(self, told):
        self.done = []
        member = told and types.SimpleNamespace(api_url=f'https://{told}:8008/patroni')
        self.cluster = types.SimpleNamespace(get_member=lambda name, fallback_to_leader: member)

    def touch_member(self):
        self.done.append('tells')

    def release_leader_key_voluntarily(self, last_lsn=None):
        self.done.append(f'releases at {last_lsn}')


def module(**classes):
    return types.SimpleNamespace(**classes)


def newer():
    return type('Newer', (), {})


addresses.follow_addresses(
    module(ObjectCache=Cache, Kubernetes=Store), module(ConfigHandler=Config), module(Ha=Ha), module(Patroni=Daemon)
)
addresses.follow_addresses(
    module(ObjectCache=newer(), Kubernetes=newer()), module(ConfigHandler=newer()), module(Ha=newer()), module(Patroni=newer())
)


def event(status, type_='MODIFIED', kind='Pod'):
    annotations = None if status is None else {'status': status}
    return {'type': type_, 'object': {'kind': kind, 'metadata': {'name': 'hippo-1-0', 'annotations': annotations}}}


def told(address, position=1):
    return json.dumps({'api_url': f'https://{address}:8008/patroni', 'xlog_location': position})


class Addresses(unittest.TestCase):
    def woken(self, *events):
        cache = Cache()
        for one in events[:-1]:
            cache._process_event(one)
        before = cache.woken
        cache._process_event(events[-1])
        return cache.woken - before

    def test_another_address_wakes(self):
        self.assertEqual(self.woken(event(told('10.0.0.1')), event(told('10.0.0.2'))), 1)

    def test_a_first_address_wakes_and_one_that_has_gone(self):
        self.assertEqual(self.woken(event(None, 'ADDED'), event(told('10.0.0.1'))), 1)
        self.assertEqual(self.woken(event(told('10.0.0.1')), event(told('10.0.0.1'), 'DELETED')), 1)

    def test_all_else_that_a_member_tells_wakes_nobody(self):
        self.assertEqual(self.woken(event(told('10.0.0.1')), event(told('10.0.0.1', 2))), 0)
        self.assertEqual(self.woken(event(None, 'ADDED')), 0)

    def test_what_is_not_its_own_is_no_address(self):
        for status in ('', '{', '[]', '"text"', '7'):
            self.assertEqual(self.woken(event(status)), 0, status)

    def test_what_is_noted_is_known(self):
        noted = {'hippo-1-0': 'https://10.0.0.1:8008/patroni'}
        store = Store(reachable=True)
        self.assertTrue(store.update_leader('cluster', 1, None, noted))
        self.assertEqual(store._last_failsafe, noted)
        for nothing in (None, {}):
            store.update_leader('cluster', 1, slots=None, failsafe=nothing)
            self.assertEqual(store._last_failsafe, noted)

    def test_what_could_not_be_noted_is_not_known(self):
        store = Store(reachable=False)
        self.assertFalse(store.update_leader('cluster', 1, None, {'hippo-1-0': 'https://10.0.0.1:8008/patroni'}))
        self.assertEqual(store._last_failsafe, {})

    def test_a_leader_whose_pod_is_gone_is_followed_as_before(self):
        def leader(url, name='hippo-1-0'):
            return types.SimpleNamespace(name=name, conn_url=url)

        check = Config().check_recovery_conf
        self.assertEqual(check(leader('postgres://10.0.0.1:5432/postgres')), (False, False))
        self.assertEqual(check(leader('postgres://10.0.0.2:5432/postgres')), (True, False))
        self.assertEqual(check(leader(None)), (False, False))
        # Nobody leads.
        self.assertEqual(check(leader(None, name='')), (True, False))
        self.assertEqual(check(None), (True, False))

    def test_what_is_no_standby_yet_becomes_one_all_the_same(self):
        config = Config()
        config.signal = False
        self.assertEqual(config.check_recovery_conf(types.SimpleNamespace(name='hippo-1-0', conn_url=None)), (True, True))

    def test_who_has_its_name_is_asked_once_and_shortly(self):
        daemon = Daemon()
        before = daemon.request
        daemon.ensure_unique_name('hippo-1-0')
        self.assertEqual(daemon.asked, [('hippo-1-0', {'endpoint': '/liveness', 'timeout': 2, 'retries': 0})])
        self.assertIs(daemon.request, before)

    def test_a_leader_that_gives_up_first_tells_its_address_if_another_is_told(self):
        for told, expected in (
            ('10.0.0.1', ['tells', 'releases at 7']),
            ('10.0.0.2', ['releases at 7']),
            (None, ['releases at 7']),
        ):
            ha = Ha(told)
            ha.release_leader_key_voluntarily(7)
            self.assertEqual(ha.done, expected, told)

    def test_only_pods_have_addresses(self):
        self.assertEqual(self.woken(event(told('10.0.0.1'), kind='Endpoints')), 0)


if __name__ == '__main__':
    unittest.main()
