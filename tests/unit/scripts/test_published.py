import unittest

from published import LONGEST, document, shortened


class Published(unittest.TestCase):
    def test_what_is_not_readable_is_nothing(self):
        for text in (None, '', 'no', '[]', '1'):
            self.assertEqual(document({'key': text}, 'key'), {})
        self.assertEqual(document({}, 'key'), {})

    def test_a_document_is_read(self):
        self.assertEqual(document({'key': '{"1":[]}'}, 'key'), {'1': []})

    def test_a_text_is_one_line_of_bounded_length(self):
        self.assertEqual(shortened(' a\n  b\t'), 'a b')
        self.assertEqual(len(shortened('x' * 2 * LONGEST)), LONGEST)


if __name__ == '__main__':
    unittest.main()
