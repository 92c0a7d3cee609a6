"""When it is taken back that somebody makes the cluster's data: where nobody is at it, and for some time."""
import json
import os
import sys
import unittest
from unittest import mock

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../../../provider/config/scripts'))

import abandoned_bootstrap as bootstrap  # noqa: E402

WAITS = {'state': 'stopped', 'role': 'uninitialized'}


def annotated(version='7', **annotations):
    return {'metadata': {'resourceVersion': version, 'annotations': annotations}}


def pod(**status):
    return annotated(status=json.dumps(status))


class Abandoned(unittest.TestCase):
    def test_where_nobody_is_at_it(self):
        noted, nobody, waiting = annotated(initialize=''), annotated(), pod(**WAITS)
        for sentence, config, leader, pods, expected in (
            ('all wait', noted, nobody, [waiting, waiting], True),
            ('one alone', noted, nobody, [waiting], True),
            ('nobody has begun', annotated(), nobody, [waiting], False),
            ('it has ended well', annotated(initialize='7711778616119246897'), nobody, [waiting], False),
            ('somebody leads', noted, annotated(leader='hippo-2-0'), [waiting], False),
            ('initdb runs', noted, nobody, [waiting, pod(state='initializing new cluster', role='uninitialized')], False),
            ('a restore runs', noted, nobody, [pod(state='running custom bootstrap script', role='uninitialized')], False),
            ('it recovers', noted, nobody, [waiting, pod(state='starting', role='replica')], False),
            ('data that are stopped', noted, nobody, [waiting, pod(state='stopped', role='replica')], False),
            ('one has said nothing yet', noted, nobody, [waiting, annotated()], True),
            ('one that says nonsense', noted, nobody, [waiting, annotated(status='{')], False),
        ):
            with self.subTest(sentence):
                self.assertEqual(bootstrap.is_abandoned(config, leader, pods), expected)


class Api:
    """Endpoints and pods, as the API server has them."""

    def __init__(self, config, pods):
        self.config, self.pods, self.written = config, pods, []

    def get(self, _, name):
        return self.config if name.endswith('-config') else annotated()

    def list(self, *_):
        return self.pods

    def patch(self, kind, name, body, _):
        self.written.append((kind, name, body))


class Watch(unittest.TestCase):
    def look(self, watch, at, answer=None):
        with mock.patch.object(bootstrap.time, 'monotonic', lambda: at):
            watch.look(answer or WAITS)

    def setUp(self):
        self.api = Api(annotated(initialize=''), [pod(**WAITS)])
        self.watch = bootstrap.AbandonedBootstrap(self.api, 'hippo', mock.Mock())

    def test_it_is_taken_back_after_some_time_for_the_version_that_was_read(self):
        self.look(self.watch, 100)
        self.look(self.watch, 100 + bootstrap.PATIENCE_SECONDS - 1)
        self.assertEqual(self.api.written, [])
        self.look(self.watch, 100 + bootstrap.PATIENCE_SECONDS)
        expected = {'metadata': {'resourceVersion': '7', 'annotations': {'initialize': None}}}
        self.assertEqual(self.api.written, [('endpoints', 'hippo-config', expected)])

    def test_the_time_begins_anew_when_somebody_was_at_it(self):
        self.look(self.watch, 100)
        self.api.pods = [pod(state='running custom bootstrap script', role='uninitialized')]
        self.look(self.watch, 105)
        self.api.pods = [pod(**WAITS)]
        self.look(self.watch, 111)
        self.look(self.watch, 112, {'state': 'running', 'role': 'replica'})
        self.look(self.watch, 122)
        self.assertEqual(self.api.written, [])


if __name__ == '__main__':
    unittest.main()
