import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', '..', 'provider', 'config', 'scripts'))

import backup_report
import bootstrap_restore
import pgbackrest_push


class Push(unittest.TestCase):
    def test_repositories_in_order_of_their_numbers(self):
        with tempfile.TemporaryDirectory() as root:
            for name in ('repo10', 'repo2', 'conf.d', 'ca'):
                os.mkdir(os.path.join(root, name))
            self.assertEqual([os.path.basename(one) for one in pgbackrest_push.repositories(root)], ['repo2', 'repo10'])

    def test_the_next_is_the_first_that_is_not_done(self):
        self.assertEqual(pgbackrest_push.next_for(['1', '2', '3'], {'1', '3'}), '2')
        self.assertIsNone(pgbackrest_push.next_for(['1'], {'1'}))

    def test_the_queue_is_full_beyond_its_limit_only(self):
        segment = 16 * 2**20
        self.assertFalse(pgbackrest_push.over(32, ['1', '2'], segment))
        self.assertTrue(pgbackrest_push.over(32, ['1', '2', '3'], segment))
        self.assertFalse(pgbackrest_push.over(None, ['1'] * 99, segment))


class Restore(unittest.TestCase):
    def test_a_time_promotes_at_the_target(self):
        options = {'type': 'time', 'target': '2026-11-24 07:50:00+00', 'repository': 2}
        arguments = bootstrap_restore.command(options, False)
        for one in ('--repo=2', '--type=time', '--target=2026-11-24 07:50:00+00', '--target-action=promote'):
            self.assertIn(one, arguments)

    def test_the_end_of_the_archive_has_no_target(self):
        arguments = bootstrap_restore.command({'type': 'default', 'repository': 1}, True)
        self.assertFalse([one for one in arguments if one.startswith('--target')])
        self.assertIn('--link-map=pg_wal=/pgwal/wal', arguments)


class Report(unittest.TestCase):
    def test_without_a_stanza_there_are_no_backups(self):
        self.assertEqual(backup_report.report([])['backups'], [])


if __name__ == '__main__':
    unittest.main()
