"""When the lock of a leader whose container has ended may be released, as tables."""
import json
import unittest

import leader_release as release

ENDED = '2026-11-24T09:35:01Z'
TERMINATED = {'terminated': {'finishedAt': ENDED, 'exitCode': 137}}
WAITING = {'waiting': {'reason': 'CrashLoopBackOff'}}
RUNNING = {'running': {'startedAt': '2026-11-24T09:35:11Z'}}


def pod(state, last=None, name='database'):
    return {'status': {'containerStatuses': [{'name': 'agent', 'state': RUNNING}, {'name': name, 'state': state, 'lastState': last or {}}]}}


def annotated(**annotations):
    return {'metadata': {'resourceVersion': '7', 'annotations': annotations}}


def config(**settings):
    return annotated(config=json.dumps(settings))


LOCK = {'leader': 'hippo-1-0', 'renewTime': '2026-11-24T09:35:00.036706+00:00'}
SYNC = {'leader': 'hippo-1-0', 'sync_standby': 'hippo-2-0'}


class Ended(unittest.TestCase):
    def test_when_the_container_ended(self):
        for sentence, found, expected in (
            ('it has just ended', pod(TERMINATED), True),
            ('it waits to be started again', pod(WAITING, TERMINATED), True),
            ('it ran before and runs again', pod(RUNNING, TERMINATED), False),
            ('it never ran', pod({'waiting': {'reason': 'PodInitializing'}}), False),
            ('kubelet has said nothing yet', {'status': {}}, False),
            ('another container ended', pod(TERMINATED, name='pgbackrest'), False),
            ('its end has no time', pod({'terminated': {'finishedAt': None}}), False),
        ):
            with self.subTest(sentence):
                self.assertEqual(release.ended_at(found) is not None, expected)


class Release(unittest.TestCase):
    ended = release.ended_at(pod(TERMINATED))

    def test_where_patroni_would_hand_over_too(self):
        strict = config(primary_start_timeout=0)
        for sentence, lock, sync, settings, expected in (
            ('all is well known', LOCK, SYNC, strict, True),
            ('another leads', {**LOCK, 'leader': 'hippo-2-0'}, SYNC, strict, False),
            ('nobody leads', {'renewTime': LOCK['renewTime']}, SYNC, strict, False),
            ('renewed in the second of the end', {**LOCK, 'renewTime': '2026-11-24T09:35:01.9+00:00'}, SYNC, strict, True),
            ('renewed by the next Patroni', {**LOCK, 'renewTime': '2026-11-24T09:35:02.1+00:00'}, SYNC, strict, False),
            ('renewed nobody knows when', {**LOCK, 'renewTime': 'yesterday'}, SYNC, strict, False),
            ('no synchronous standby', LOCK, {'leader': 'hippo-1-0'}, strict, False),
            ('standbys of another leader', LOCK, {**SYNC, 'leader': 'hippo-3-0'}, strict, False),
            ('a crashed primary starts in place first', LOCK, SYNC, config(primary_start_timeout=30), False),
            ("Patroni's default of that is 300 s", LOCK, SYNC, config(), False),
            ('paused by a person', LOCK, SYNC, config(primary_start_timeout=0, pause=True), False),
            ('settings that cannot be read', LOCK, SYNC, annotated(config='{'), False),
        ):
            with self.subTest(sentence):
                found = release.may_release('hippo-1-0', self.ended, annotated(**lock), annotated(**sync), settings)
                self.assertEqual(found, expected)

    def test_the_write_holds_for_the_version_that_was_read(self):
        self.assertEqual(
            release.released(annotated(**LOCK)),
            {'metadata': {'resourceVersion': '7', 'annotations': {'leader': None}}, 'subsets': []},
        )


if __name__ == '__main__':
    unittest.main()
