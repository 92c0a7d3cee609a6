"""Which segments are the ends of time lines that were left."""
import os
import tempfile
import unittest

from left_segment import left_here

HISTORY = '1\t0/4000110\tno recovery target specified\n\n26\t1/2A0\tno recovery target specified\n'


class LeftHere(unittest.TestCase):
    CASES = (
        ('the end of the first time line', '000000010000000000000004', True),
        ('one before it', '000000010000000000000003', False),
        ('one of the same place on the next time line', '0000001A0000000000000004', False),
        ('the end of that one, in the next log', '0000001A0000000100000000', True),
        ('of the time line of now', '0000001B0000000100000000', False),
        ('a partial one', '000000010000000000000004.partial', False),
        ('a history', '0000001B.history', False),
    )

    def test_by_the_newest_history(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (('0000001A.history', HISTORY.split('\n')[0]), ('0000001B.history', HISTORY)):
                with open(os.path.join(folder, name), 'w', encoding='ascii') as file:
                    file.write(text)
            for title, segment, left in self.CASES:
                with self.subTest(title):
                    self.assertEqual(left_here(os.path.join(folder, segment)), left)

    def test_without_a_history_none_was_left(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertFalse(left_here(os.path.join(folder, '000000010000000000000004')))


if __name__ == '__main__':
    unittest.main()
