import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', '..', 'provider', 'config', 'scripts'))

import bootstrap_restore


class Given(unittest.TestCase):
    def test_the_digest_is_the_one_that_pulumi_compares_with(self):
        # The same as in tests/unit/config/restore-source.test.ts.
        with tempfile.TemporaryDirectory() as directory:
            for name, text in (('options.json', '{"type":"default","repository":1}'), ('pgbackrest.conf', '[global]\nä=1\n')):
                with open(os.path.join(directory, name), 'w', encoding='utf-8') as file:
                    file.write(text)
            bootstrap_restore.DIRECTORY = directory
            options, digest = bootstrap_restore.given()
        self.assertEqual(options, {'type': 'default', 'repository': 1})
        self.assertEqual(digest, 'a78b826ea8d180ac')
