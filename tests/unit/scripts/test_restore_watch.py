import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', '..', 'provider', 'config', 'scripts'))

import restore_state
import restore_watch


class Titles(unittest.TestCase):
    def test_the_startup_process_tells_the_segment(self):
        for titles, expected in (
            (['postgres: clone: startup recovering 000000010000000000000007'], '000000010000000000000007'),
            (['postgres: clone: startup waiting for 000000010000000000000008'], '000000010000000000000008'),
            (['postgres: clone: startup '], ''),
            (['postgres: clone: checkpointer'], None),
            ([], None),
        ):
            self.assertEqual(restore_watch.segment(titles), expected, titles)


class Short(unittest.TestCase):
    def test_only_the_end_of_the_archive_can_be_missed(self):
        end = '000000010000000000000007'
        self.assertTrue(restore_watch.short({'ended': '0/6FFFFFF'}, 'default', end))
        self.assertIsNone(restore_watch.short({'ended': '0/7000148'}, 'default', end))
        self.assertIsNone(restore_watch.short({'ended': '0/5000000'}, 'time', end))
        self.assertIsNone(restore_watch.short({'ended': '0/5000000'}, 'default', None))


class Output(unittest.TestCase):
    def test_lines_of_pgbackrest(self):
        line = 'P01 DETAIL: restore file /pgdata/data/base/5/1255 (bundle 1/0, 848KB, 45.30%) checksum 0f'
        self.assertEqual(restore_state.PERCENT.search(line).group(1), '45.30')
        line = 'P00   INFO: repo1: restore backup set 20261124-074723F_20261124-080000I, recovery will start at 2026-11-24 08:00:00'
        self.assertEqual(restore_state.SET.search(line).group(1), '20261124-074723F_20261124-080000I')

    def test_the_last_error_is_what_it_ended_with(self):
        lines = ['P00   INFO: begin\n', 'P00  ERROR: [058]: forked\n', '       HINT: by accident?\n', 'P00   INFO: aborted\n']
        self.assertEqual(restore_state.error(lines), ''.join(lines[1:3]))
        self.assertEqual(restore_state.error(lines[:1]), lines[0])


if __name__ == '__main__':
    unittest.main()
