import os
import tempfile
import unittest
from unittest import mock

import archive_handover
from archive_handover import Handover, forks, owed

HISTORY = "1\t0/4000110\tno recovery target specified\n\n2\t1/2A0\tno recovery target specified\n"


def names(timeline, *places):
    return {'%08X00000000%08X' % (timeline, place) for place in places}


class Owed(unittest.TestCase):
    def test_a_history_says_in_which_segment_each_time_line_was_left(self):
        self.assertEqual(forks(HISTORY), [('00000001', 4), ('00000002', 256)])

    CASES = [
        ('all there', names(1, 3, 4, 5), []),
        ('the end of the old time line', names(1, 3), ['000000010000000000000004', '000000010000000000000005']),
        ('also when the new one is there', names(1, 3, 5) | names(2, 6, 7), ['000000010000000000000004']),
        ('what follows on its way side by side', names(1, 4, 5) | names(2, 7, 9), []),
        ('a repository that began with the new time line', names(2, 6), []),
        ('an empty repository', set(), []),
    ]

    def test_what_is_owed_lies_before_the_fork(self):
        for title, archived, wanted in self.CASES:
            with self.subTest(title):
                self.assertEqual(owed(archived, [('00000001', 6)], '00000002'), wanted)

    def test_each_segment_is_of_the_time_line_that_was_left_after_it(self):
        left = [('00000001', 5), ('00000002', 8)]
        wanted = ['000000010000000000000004', *('0000000200000000%08X' % place for place in (5, 6, 7))]
        self.assertEqual(owed(names(1, 3), left, '00000003'), wanted)


class Look(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.wal, self.noted, self.said, self.asked, self.now = folder.name, [], [], [], 1000
        os.mkdir(os.path.join(self.wal, 'archive_status'))
        self.write('00000002.history', '1\t0/6000110\tno recovery target specified\n')
        for place in (4, 5):
            self.write('0000000100000000%08X' % place, '')
            self.write('archive_status/0000000100000000%08X.done' % place, '')
        clock = mock.patch.object(archive_handover.time, 'monotonic', lambda: self.now)
        note = mock.patch.object(archive_handover.archive_gaps, 'note', lambda *what: self.noted.append(what))
        for one in (clock, note):
            one.start()
            self.addCleanup(one.stop)
        self.room = 20
        self.handover = Handover(self.said.append, lambda _: self.room, self.wal)

    def write(self, name, text):
        with open(os.path.join(self.wal, name), 'w', encoding='ascii') as file:
            file.write(text)

    def ready(self):
        names = os.listdir(os.path.join(self.wal, 'archive_status'))
        return sorted(name[16:24] for name in names if name.endswith('.ready'))

    def look(self, archived, seconds=0):
        self.now += seconds
        self.handover.look('1', lambda _, seconds: self.asked.append(seconds) or archived)

    def test_what_is_here_is_archived_once_more(self):
        self.look(names(1, 3, 4))
        self.assertEqual(self.ready(), ['00000005'])
        self.look(names(1, 3, 4, 5), 30)
        self.look(names(1, 3), 3000)
        self.assertEqual((self.noted, self.ready()), ([], ['00000005']))

    def test_nothing_is_touched_when_nothing_is_owed(self):
        self.look(names(1, 3, 4, 5))
        self.assertEqual((self.ready(), self.said), ([], []))

    def test_what_nobody_has_is_a_gap_after_a_while(self):
        for _ in range(10):
            self.look(names(1, 2), 30)
        self.assertEqual(self.noted, [])
        self.assertEqual(self.ready(), ['00000004', '00000005'])
        for _ in range(5):
            self.look(names(1, 2, 4, 5), 30)
        self.assertEqual(self.noted, [('1', '000000010000000000000003')])
        self.assertEqual(len(self.said), 2)

    def test_what_the_former_primary_brings_meanwhile_is_none(self):
        self.look(names(1, 2))
        self.look(names(1, 2, 3, 4, 5), 30)
        self.look(names(1, 2), 3000)
        self.assertEqual(self.noted, [])

    def test_nothing_is_recycled_while_the_repository_is_away(self):
        self.look(None)
        self.assertEqual(self.ready(), ['00000004', '00000005'])

    def test_the_first_answer_is_not_waited_for_long_and_asked_for_again_at_once(self):
        for _ in range(3):
            self.look(None, 2)
        self.handover.begin()
        self.look(None, 2)
        self.assertEqual(self.asked, [3, 30, 3])

    def test_no_more_is_marked_than_half_of_the_queue_holds(self):
        self.room = 3
        self.look(None)
        self.assertEqual(self.ready(), ['00000005'])
        # It waits still, so there is no room for the other one.
        self.look(names(1, 3), 30)
        self.assertEqual(self.ready(), ['00000005'])
        self.write('archive_status/000000010000000000000005.done', '')
        os.unlink(os.path.join(self.wal, 'archive_status', '000000010000000000000005.ready'))
        self.look(names(1, 3, 5), 3)
        self.assertEqual(self.ready(), ['00000004'])

    def test_what_this_member_has_to_archive_itself_takes_nothing_from_what_is_owed(self):
        self.room = 12
        for place in range(6, 12):
            self.write('archive_status/0000000200000000%08X.ready' % place, '')
        self.look(None)
        self.assertEqual(self.ready()[:2], ['00000004', '00000005'])

    def test_a_quarter_of_the_queue_stays_free(self):
        self.room = 12
        for place in range(6, 14):
            self.write('archive_status/0000000200000000%08X.ready' % place, '')
        self.look(None)
        self.assertEqual(self.ready()[:2], ['00000005', '00000006'])

    def test_a_first_time_line_owes_nothing(self):
        os.unlink(os.path.join(self.wal, '00000002.history'))
        self.handover.look('1', self.fail)


if __name__ == '__main__':
    unittest.main()
