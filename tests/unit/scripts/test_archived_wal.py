import unittest

from archived_wal import lacking

CHECKSUM = 'a' * 40


def path(segment, archive='18-1'):
    return '%s/%s/%s-%s.zst' % (archive, segment[:16], segment, CHECKSUM)


def names(timeline, *places):
    return [path('%08X00000000%08X' % (timeline, place)) for place in places]


class Lacking(unittest.TestCase):
    CASES = [
        ('nothing archived', [], []),
        ('all there', names(1, 3, 4, 5), []),
        ('one lost', names(1, 3, 5), [('000000010000000000000004', '000000010000000000000004')]),
        ('two gaps', names(1, 3, 5, 9), [('000000010000000000000004',) * 2, ('000000010000000000000006', '000000010000000000000008')]),
        ('a failover within a segment', names(1, 3, 4) + names(2, 4, 5), []),
        ('a failover at the end of a segment', names(1, 3, 4) + names(2, 5, 6), []),
        ('the old primary archived what the new one has not', names(1, 3, 4, 5, 6) + names(2, 4, 5), []),
        ('what the old primary had not archived', names(1, 3, 4) + names(2, 7, 8), [('000000020000000000000005', '000000020000000000000006')]),
        ('a third timeline from the first', names(1, *range(3, 31)) + names(2, 10, 11) + names(3, 25, 26), []),
        ('the first timeline expired', names(2, 9, 10), []),
        ('a timeline that begins before all that is left', names(1, 9, 10) + names(2, 4, 5), []),
        ('a partial segment is none', names(1, 3) + ['18-1/0000000100000000/000000010000000000000004.partial-%s.zst' % CHECKSUM] + names(1, 5),
         [('000000010000000000000004',) * 2]),
        ('histories and other files', names(1, 3, 4) + ['18-1/00000002.history', 'archive.info', 'archive.info.copy'], []),
        ('without compression', ['18-1/0000000100000000/000000010000000000000003-%s' % CHECKSUM] + names(1, 5), [('000000010000000000000004',) * 2]),
        ('archives of two major versions', names(1, 3) + [path('000000010000000000000009', '18-2')], []),
        ('the end of a log', [path('0000000100000000000000FF'), path('000000010000000100000001')], [('000000010000000100000000',) * 2]),
    ]

    def test_gaps_between_what_is_there(self):
        for title, given, wanted in self.CASES:
            with self.subTest(title):
                self.assertEqual([(gap['from'], gap['to']) for gap in lacking(given)], wanted)


if __name__ == '__main__':
    unittest.main()
