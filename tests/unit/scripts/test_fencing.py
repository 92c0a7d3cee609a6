import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../../../provider/config/scripts'))

import fencing  # noqa: E402


class Fencing(unittest.TestCase):
    def test_a_list_names_members(self):
        for text, expected in [
            ('["hippo-2"]', True),
            ('["hippo-22"]', False),
            ('[]', False),
            ('', False),
            (None, False),
            ('hippo-2', False),
            ('{"hippo-2": true}', False),
            ('[', False),
        ]:
            self.assertEqual(fencing.listed(text, 'hippo-2'), expected, text)

    def test_the_mark_of_the_agent_counts_more_than_the_mounted_file(self):
        with tempfile.TemporaryDirectory() as folder:
            mark, mounted = os.path.join(folder, 'mark'), os.path.join(folder, 'mounted')
            self.assertFalse(fencing.fenced('hippo-2', mark, mounted))
            with open(mounted, 'w', encoding='utf-8') as file:
                file.write('["hippo-2"]')
            self.assertTrue(fencing.fenced('hippo-2', mark, mounted))
            self.assertFalse(fencing.fenced('hippo-1', mark, mounted))
            for text in ('no', 'yes'):
                with open(mark, 'w', encoding='utf-8') as file:
                    file.write(text)
                self.assertEqual(fencing.fenced('hippo-2', mark, mounted), text == 'yes')
                self.assertEqual(fencing.fenced('hippo-1', mark, mounted), text == 'yes')


if __name__ == '__main__':
    unittest.main()
