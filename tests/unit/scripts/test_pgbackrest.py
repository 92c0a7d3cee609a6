import os
import sys
import tempfile
import unittest
from unittest import mock

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

    def test_a_stop_does_not_wait_for_a_repository_that_did_not_take_the_last_segment(self):
        with tempfile.TemporaryDirectory() as directory, mock.patch.object(
            pgbackrest_push, 'FAILING', os.path.join(directory, 'repository-%s.failing')
        ), mock.patch.object(pgbackrest_push.subprocess, 'Popen', lambda line, **_: line), mock.patch.object(
            pgbackrest_push, 'stopping', lambda: stops
        ):
            given = lambda: [pgbackrest_push.HURRY in pgbackrest_push.start('/etc/repo%d' % n, 'wal') for n in (1, 2)]
            stops = True
            self.assertEqual(given(), [False, False])
            pgbackrest_push.note('/etc/repo2', True)
            self.assertEqual(given(), [False, True])
            stops = False
            self.assertEqual(given(), [False, False])
            stops = True
            pgbackrest_push.note('/etc/repo2', False)
            self.assertEqual(given(), [False, False])

    def test_the_last_line_of_postmaster_pid_says_whether_it_stops(self):
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as directory:
            os.chdir(directory)
            try:
                self.assertFalse(pgbackrest_push.stopping())
                for state in ('ready   ', 'stopping'):
                    with open('postmaster.pid', 'w', encoding='utf-8') as file:
                        file.write('\n'.join(['7', '/pgdata/data', '1', '5432', '/run/postgresql', '*', '  1  2', state]) + '\n')
                    self.assertEqual(pgbackrest_push.stopping(), state == 'stopping')
            finally:
                os.chdir(before)

    def test_a_full_queue_is_let_go_although_the_first_try_meets_an_older_error(self):
        answers = ['exit 82', "echo 'WARN: dropped WAL file because archive queue exceeded'", 'exit 1']
        noted = []
        with mock.patch.object(pgbackrest_push, 'command', lambda *_: ['sh', '-c', answers.pop(0)]), mock.patch.object(
            pgbackrest_push.archive_gaps, 'note', lambda *what: noted.append(what)
        ):
            self.assertTrue(pgbackrest_push.limited('/etc/pgbackrest/repo2', 'pg_wal/000000010000000000000007'))
        self.assertEqual((noted, answers), ([('2', '000000010000000000000007')], ['exit 1']))


class Restore(unittest.TestCase):
    def test_a_time_promotes_at_the_target(self):
        options = {'type': 'time', 'target': '2026-11-24 07:50:00+00', 'repository': 2}
        arguments = bootstrap_restore.command(options, False, False)
        self.assertNotIn('--delta', arguments)
        for one in ('--repo=2', '--type=time', '--target=2026-11-24 07:50:00+00', '--target-action=promote'):
            self.assertIn(one, arguments)

    def test_the_end_of_the_archive_has_no_target(self):
        arguments = bootstrap_restore.command({'type': 'default', 'repository': 1}, True, True)
        self.assertIn('--delta', arguments)
        self.assertFalse([one for one in arguments if one.startswith('--target')])
        self.assertIn('--link-map=pg_wal=/pgwal/wal', arguments)


class Report(unittest.TestCase):
    def test_without_a_stanza_there_are_no_backups(self):
        self.assertEqual(backup_report.report([])['backups'], [])


if __name__ == '__main__':
    unittest.main()
