import os
import tempfile
import unittest

import archive_gaps
import metrics

A, B, C = ('00000001000000000000000%d' % n for n in (4, 5, 6))
LATER = '00000002000000000000000A'
GAP = {'from': A, 'to': C}


class Gaps(unittest.TestCase):
    def test_what_was_noted_is_the_first_and_the_last(self):
        with tempfile.TemporaryDirectory() as directory:
            self.assertIsNone(archive_gaps.noted('1', directory))
            for wal in (B, A, C):
                archive_gaps.note('1', wal, directory)
            self.assertEqual(archive_gaps.noted('1', directory), GAP)
            archive_gaps.forget('1', directory)
            self.assertEqual(os.listdir(directory), [])

    def test_a_history_file_that_was_let_go_is_no_gap(self):
        with tempfile.TemporaryDirectory() as directory:
            archive_gaps.note('1', '00000002.history', directory)
            self.assertIsNone(archive_gaps.noted('1', directory))

    def test_only_a_backup_that_begins_after_it_closes_it(self):
        self.assertFalse(archive_gaps.closed(GAP, []))
        self.assertFalse(archive_gaps.closed(GAP, [{'walStart': B}]))
        self.assertFalse(archive_gaps.closed(GAP, [{'walStart': None}]))
        self.assertTrue(archive_gaps.closed(GAP, [{'walStart': B}, {'walStart': LATER}]))

    def test_a_gap_that_grew_is_one_gap(self):
        known = {'1': [{'from': A, 'to': B}], '2': [GAP]}
        self.assertEqual(archive_gaps.merged(known, '1', [GAP]), {'1': [GAP], '2': [GAP]})
        self.assertEqual(archive_gaps.merged({}, '1', []), {})

    def test_two_gaps_are_two_until_a_third_joins_them(self):
        first, last = {'from': A, 'to': A}, {'from': C, 'to': C}
        both = archive_gaps.merged({'1': [last]}, '1', [first])
        self.assertEqual(both, {'1': [first, last]})
        self.assertEqual(archive_gaps.merged(both, '1', [GAP]), {'1': [GAP]})

    def test_what_is_within_a_known_gap_is_no_news(self):
        known = {'1': [GAP]}
        self.assertEqual(archive_gaps.merged(known, '1', [{'from': B, 'to': B}]), known)

    def test_what_has_expired_is_forgotten(self):
        known = {'1': [GAP], '2': [GAP]}
        self.assertEqual(archive_gaps.within(known, '1', B), known)
        self.assertEqual(archive_gaps.within(known, '1', LATER), {'2': [GAP]})


class Metrics(unittest.TestCase):
    PUBLISHED = {
        'repo1.json': '{"backups":[{"type":"full","stop":100,"databaseBytes":7,"addedBytes":3,"walStart":"%s"},'
        '{"type":"full","stop":200,"error":true}]}' % A,
        'gaps.json': '{"1":[{"from":"%s","to":"%s"}]}' % (A, C),
        'verify-repo1.json': '{"ok":false,"at":300}',
        'broken.json': 'no',
    }

    def test_a_replica_tells_only_of_itself(self):
        status = {'certificate': '1970-01-02T00:00:00Z', 'pendingRestart': ['max_connections'], 'problems': ['a', 'b']}
        text = metrics.text('hippo', 'hippo-2', metrics.samples(False, {}, self.PUBLISHED, status))
        self.assertEqual(
            [line.replace('{cluster="hippo",member="hippo-2"}', '') for line in text.splitlines() if line[0] != '#'],
            [
                'postgres_ha_leader 0',
                'postgres_ha_fenced 0',
                'postgres_ha_problems 2',
                'postgres_ha_pending_restart 1',
                'postgres_ha_certificate_expiry_timestamp_seconds 86400',
            ],
        )

    def test_the_leader_tells_of_each_repository(self):
        found = metrics.samples(True, {'archive': {'1': 'ok', '2': 'away'}}, self.PUBLISHED, {})
        lines = [line for line in metrics.text('hippo', 'hippo-1', found).splitlines() if not line.startswith('#')]
        of = '{cluster="hippo",member="hippo-1",repository="%s"}'
        full = '{cluster="hippo",member="hippo-1",repository="1",type="full"}'
        self.assertEqual(
            lines,
            [
                'postgres_ha_leader{cluster="hippo",member="hippo-1"} 1',
                'postgres_ha_archive_ok%s 1' % of % '1',
                'postgres_ha_archive_ok%s 0' % of % '2',
                'postgres_ha_archive_gaps%s 1' % of % '1',
                'postgres_ha_backup_last_success_timestamp_seconds%s 100' % full,
                'postgres_ha_backup_size_bytes%s 7' % full,
                'postgres_ha_backup_added_bytes%s 3' % full,
                'postgres_ha_backups%s 2' % of % '1',
                'postgres_ha_verify_ok%s 0' % of % '1',
                'postgres_ha_verify_timestamp_seconds%s 300' % of % '1',
            ],
        )


if __name__ == '__main__':
    unittest.main()
