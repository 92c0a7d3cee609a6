"""How long Patroni's waits last, with stand-ins for what they wait for and for time itself."""
import socket
import types
import unittest
from unittest import mock

import patroni_waits as waits

MEMBER = 'hippo-1-0'


class Time:
    """Goes on by sleeping alone."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class RestApi:
    """As Patroni's RestApiServer: listens, and has ended without closing its socket."""

    def __init__(self):
        self.socket = socket.create_server(('127.0.0.1', 0))

    def shutdown(self):
        pass


def modules(time, leader=lambda now: None, senders_end=0.0):
    """As Patroni's modules ha and postgresql, shortened. `leader` says who leads at a time."""
    ha = types.SimpleNamespace()

    class Ha:
        state_handler = types.SimpleNamespace(name=MEMBER)
        dcs = types.SimpleNamespace(
            get_cluster=lambda: types.SimpleNamespace(
                leader=leader(time.now) and types.SimpleNamespace(name=leader(time.now))
            )
        )

        def demote(self, mode):
            ha.time.sleep(2)
            return mode

        def process_unhealthy_cluster(self):
            ha.time.sleep(2)
            return 'following'

    class Postgresql:
        def stop(self, mode, checkpoint=None, on_shutdown=None):
            if on_shutdown:
                on_shutdown(10, 9)
            return mode, checkpoint

        def is_running(self):
            titles = ['checkpointer'] + (['walsender replicator'] if time.now < senders_end else [])
            children = [types.SimpleNamespace(cmdline=lambda title=title: ['postgres: hippo: ' + title]) for title in titles]
            return types.SimpleNamespace(children=lambda: children)

    ha.Ha = Ha
    postgresql = types.SimpleNamespace(Postgresql=Postgresql)
    waits.shorten(ha, postgresql, types.SimpleNamespace(RestApiServer=type('Api', (), {})))
    return ha, postgresql


def no_answer(now):
    raise OSError('no API server')


class Waits(unittest.TestCase):
    def setUp(self):
        self.time = Time()
        patch = mock.patch.object(waits, 'time', self.time)
        patch.start()
        self.addCleanup(patch.stop)

    def test_a_wait_for_a_leader(self):
        for sentence, leader, seconds in (
            ('another leads already', lambda now: 'hippo-2-0', 0),
            ('another leads after a moment', lambda now: 'hippo-2-0' if now >= 0.3 else None, 0.3),
            ('nobody leads', lambda now: None, 2),
            ('this member leads, so that nothing has changed', lambda now: MEMBER, 2),
            ('it cannot be known', no_answer, 2),
        ):
            for method, arguments, result in (
                ('demote', ('graceful',), 'graceful'),
                ('process_unhealthy_cluster', (), 'following'),
            ):
                with self.subTest(sentence, method=method):
                    self.time.now = 0.0
                    ha, _ = modules(self.time, leader)
                    self.assertEqual(getattr(ha.Ha(), method)(*arguments), result)
                    self.assertAlmostEqual(self.time.now, seconds, delta=waits.STEP_SECONDS)

    def test_a_wait_for_replicas(self):
        for sentence, senders_end, seconds in (
            ('all senders have ended', 0, 0),
            ('they end after a moment', 0.3, 0.3),
            ('one does not end', 60, 1),
        ):
            with self.subTest(sentence):
                self.time.now = 0.0
                ha, postgresql = modules(self.time, senders_end=senders_end)
                asked = []

                def on_shutdown(checkpoint, previous):
                    ha.time.sleep(1)
                    asked.append((checkpoint, previous))

                answer = postgresql.Postgresql().stop('fast', checkpoint=True, on_shutdown=on_shutdown)
                self.assertEqual((answer, asked), (('fast', True), [(10, 9)]))
                self.assertAlmostEqual(self.time.now, seconds, delta=waits.STEP_SECONDS)

    def test_a_rest_server_that_has_ended_refuses(self):
        waits.shorten(
            types.SimpleNamespace(Ha=object),
            types.SimpleNamespace(Postgresql=object),
            types.SimpleNamespace(RestApiServer=RestApi),
        )
        server = RestApi()
        address = server.socket.getsockname()
        socket.create_connection(address, timeout=1).close()
        server.shutdown()
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(address, timeout=1)

    def test_no_callback_stays_none(self):
        _, postgresql = modules(self.time)
        self.assertEqual(postgresql.Postgresql().stop('immediate', on_shutdown=None), ('immediate', None))

    def test_sleeps_elsewhere_last_as_long_as_before(self):
        ha, _ = modules(self.time, lambda now: 'hippo-2-0')
        ha.Ha().demote('graceful')
        ha.time.sleep(3)
        self.assertEqual(self.time.now, 3)

    def test_a_newer_patroni_without_these_names(self):
        waits.shorten(
            types.SimpleNamespace(Ha=object),
            types.SimpleNamespace(Postgresql=object),
            types.SimpleNamespace(RestApiServer=type('Newer', (), {})),
        )


if __name__ == '__main__':
    unittest.main()
