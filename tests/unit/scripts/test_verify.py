import json
import subprocess
import unittest
from unittest import mock

import verify

NAME = '18-1/0000000100000000/0000000100000000000000%02X-' + 'a' * 40 + '.zst'


def listing(now, **ages):
    """As `repo-ls --output=json` gives it: segments by the last letters of their names, and how old they are."""
    files = {NAME % int(place[1:]): {'type': 'file', 'size': 1, 'time': now - age} for place, age in ages.items()}
    return json.dumps({'18-1': {'type': 'path'}, **files})


class Missing(unittest.TestCase):
    def looks(self, *listings):
        """What is found, and how often it was looked."""
        clock = [1000.0]
        outputs = iter(listings)
        last = []

        def run(*_, **__):
            last[:] = [next(outputs, *last)]
            return subprocess.CompletedProcess([], 0, stdout=last[0])

        def sleep(seconds):
            clock[0] += seconds

        with mock.patch.object(verify.subprocess, 'run', side_effect=run) as calls, mock.patch.object(
            verify.time, 'sleep', sleep
        ), mock.patch.object(verify.time, 'time', lambda: clock[0]), mock.patch.object(
            verify.time, 'monotonic', lambda: clock[0]
        ):
            return [gap['from'] for gap in verify.missing('1')], calls.call_count

    def test_no_gap_is_told_at_once(self):
        self.assertEqual(self.looks(listing(1000, s3=5, s4=1)), ([], 1))

    def test_a_gap_before_what_is_old_is_told_at_once(self):
        self.assertEqual(self.looks(listing(1000, s3=90, s5=80)), (['000000010000000000000004'], 1))

    def test_what_is_on_its_way_is_waited_for(self):
        self.assertEqual(self.looks(listing(1000, s3=2, s5=1), listing(1000, s3=2, s4=0, s5=1)), ([], 2))

    def test_a_gap_before_what_is_young_is_told_after_a_minute(self):
        found, looks = self.looks(listing(1000, s3=90, s5=1))
        self.assertEqual(found, ['000000010000000000000004'])
        self.assertGreater(looks, 10)


if __name__ == '__main__':
    unittest.main()
