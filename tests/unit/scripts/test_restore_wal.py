import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', '..', 'provider', 'config', 'scripts'))

import restore_wal

SUM = '-' + '0' * 40 + '.zst'


def archive(*timelines, histories=()):
    """Names as repo-ls gives them: (timeline, numbers), and histories."""
    names = [
        '%s/%s%s' % (restore_wal.named(timeline, number)[:16], restore_wal.named(timeline, number), SUM)
        for timeline, numbers in timelines
        for number in numbers
    ]
    return [*names, *('%08X.history' % timeline for timeline in histories)]


def gap(names, first, stop, kind, target=None, backup=1, wanted=None, history=''):
    timeline = restore_wal.followed(wanted, kind, backup, names)
    steps = restore_wal.path(first, backup, timeline, history)
    found = restore_wal.missing(names, steps, stop, kind, target)
    return found and (found['from'][8:], found['to'][8:], found['certain'])


def short(number):
    return restore_wal.named(1, number)[8:]


class Names(unittest.TestCase):
    def test_a_segment_has_a_number_over_the_whole_of_wal(self):
        self.assertEqual(restore_wal.numbered('000000020000000100000003'), (2, 259))
        self.assertEqual(restore_wal.named(2, 259), '000000020000000100000003')
        self.assertEqual(restore_wal.shown(259), '1/3000000')

    def test_what_is_no_whole_segment_does_not_count(self):
        names = ['0000000100000000/000000010000000000000003.partial' + SUM, 'archive.info', '00000002.history']
        self.assertEqual(restore_wal.segments(names), {})


class Followed(unittest.TestCase):
    def test_the_newest_timeline_is_the_last_before_one_without_a_history(self):
        names = archive(histories=(2, 3, 5))
        for wanted, kind, timeline in (
            (None, 'default', 3),
            ('latest', 'time', 3),
            ('current', 'time', 1),
            (None, 'immediate', 1),
            ('2', 'lsn', 2),
        ):
            self.assertEqual(restore_wal.followed(wanted, kind, 1, names), timeline, (wanted, kind))


class Missing(unittest.TestCase):
    def test_nothing_is_missing_in_an_archive_without_gaps(self):
        names = archive((1, range(2, 9)))
        for kind in ('default', 'time', 'immediate', 'xid'):
            self.assertIsNone(gap(names, 3, 4, kind))

    def test_what_is_missing_before_the_end_is_told_where_the_end_is_the_target(self):
        names = archive((1, [3, 4, 5, 8, 9]))
        self.assertEqual(gap(names, 3, 4, 'default'), (short(6), short(7), True))

    def test_where_a_time_lies_is_not_known(self):
        names = archive((1, [3, 4, 6]))
        for kind in ('time', 'xid', 'name'):
            self.assertEqual(gap(names, 3, 4, kind), (short(5), short(5), False))

    def test_a_position_is_reached_without_what_is_behind_it(self):
        names = archive((1, [3, 4, 6, 7]))
        self.assertIsNone(gap(names, 3, 3, 'lsn', '0/4FFFFFF'))
        self.assertEqual(gap(names, 3, 3, 'lsn', '0/6000000'), (short(5), short(5), True))

    def test_the_backup_itself_needs_all_up_to_its_end(self):
        for kind in ('immediate', 'time', 'default'):
            self.assertEqual(gap(archive((1, [3, 5])), 3, 5, kind), (short(4), short(4), True))
            self.assertEqual(gap(archive((1, [3])), 3, 4, kind), (short(4), short(4), True))
        self.assertIsNone(gap(archive((1, [3, 4, 9])), 3, 4, 'immediate'))

    def test_an_archive_that_ends_early_has_no_gap(self):
        self.assertIsNone(gap(archive((1, [3, 4])), 3, 4, 'lsn', '0/9000000'))


class Timelines(unittest.TestCase):
    history = '1\t0/5000148\tno recovery target specified\n'

    def test_the_way_leads_over_the_fork(self):
        names = archive((1, [3, 4, 6, 7]), (2, [5, 6]), histories=(2,))
        self.assertIsNone(gap(names, 3, 4, 'default', history=self.history))

    def test_what_the_old_timeline_lacks_before_the_fork_is_missing(self):
        names = archive((1, [3, 5]), (2, [5, 6]), histories=(2,))
        self.assertEqual(gap(names, 3, 3, 'default', history=self.history), (short(4), short(4), True))

    def test_what_the_new_timeline_lacks_is_missing(self):
        names = archive((1, [3, 4, 5]), (2, [6]), histories=(2,))
        found = gap(names, 3, 4, 'default', history=self.history)
        self.assertEqual(found, (short(5), short(5), True))

    def test_over_two_forks(self):
        names = archive((1, [3, 4]), (2, [5, 6]), (3, [7, 8]), histories=(2, 3))
        history = self.history + '2\t0/7000028\tno recovery target specified\n'
        self.assertIsNone(gap(names, 3, 4, 'default', history=history))
        # A backup of the second timeline asks nothing of the first.
        self.assertIsNone(gap(archive((2, [5, 6]), (3, [7, 8]), histories=(3,)), 5, 6, 'default', backup=2, history=history))

    def test_the_timeline_of_the_backup_needs_no_history(self):
        self.assertIsNone(gap(archive((1, [3, 4]), (2, [9]), histories=(2,)), 3, 4, 'default', wanted='current'))


class Refusal(unittest.TestCase):
    def test_says_what_can_be_asked_for_instead(self):
        found = {'from': '000000010000000000000006', 'to': '000000010000000000000007'}
        text = restore_wal.refusal(found, '20261124-074723F')
        self.assertIn('WAL 000000010000000000000006 to 000000010000000000000007 is missing', text)
        self.assertIn('untilGap: true', text)
        self.assertEqual(restore_wal.before(found), '000000010000000000000005')


if __name__ == '__main__':
    unittest.main()
