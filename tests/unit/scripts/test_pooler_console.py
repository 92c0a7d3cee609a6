"""Pauses: what is left of one, and when it ends. PgBouncer's console is a recorded one, and so is the primary."""
import os
import tempfile
import time
import unittest
from unittest import mock

import pooler
import pooler_console as console
import pooler_primary

SOON = time.time() + 600


class Pauses(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.said = []
        self.fails = set()
        self.mode = 'transaction'
        self.primary = 'old'
        patch = mock.patch.object(pooler_primary, 'identity', self.identity)
        patch.start()
        self.addCleanup(patch.stop)
        configuration = os.path.join(self.folder.name, 'pgbouncer.ini')
        mark = os.path.join(self.folder.name, 'pause.json')
        for name, value in (('CONFIGURATION', configuration), ('MARK', mark), ('command', self.command)):
            patch = mock.patch.object(console, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.write(configuration)

    def write(self, path):
        with open(path, 'w', encoding='utf-8') as file:
            file.write('[pgbouncer]\npool_mode = %s\n' % self.mode)

    def command(self, text, seconds=5):
        self.said.append(text)
        if text in self.fails:
            raise console.Failed(text)

    def identity(self):
        if self.primary is None:
            raise pooler_primary.Away('refused')
        return self.primary

    def test_a_pause_is_ended_by_whoever_asked(self):
        console.pause(SOON, 5, 'old')
        console.resume()
        self.assertEqual(['PAUSE', 'RESUME'], self.said)
        self.assertIsNone(console.paused())

    def test_nothing_is_resumed_that_was_not_paused(self):
        console.resume()
        self.assertEqual([], self.said)

    def test_a_pause_that_is_not_reached_leaves_nothing_paused(self):
        self.fails = {'PAUSE'}
        with self.assertRaises(console.Failed):
            console.pause(SOON, 5, 'old')
        self.assertEqual(['PAUSE', 'RESUME'], self.said)
        self.assertIsNone(console.paused())

    def test_a_pause_lasts_until_there_is_another_primary(self):
        console.pause(SOON, 5, 'old')
        self.assertTrue(pooler.look_after_pause())
        self.primary = None
        self.assertTrue(pooler.look_after_pause())
        self.primary = 'new'
        self.assertFalse(pooler.look_after_pause())
        self.assertEqual(['PAUSE', 'RESUME'], self.said)

    def test_a_forgotten_pause_ends_by_itself(self):
        console.pause(time.time() - 1, 5, 'old')
        self.assertFalse(pooler.look_after_pause())
        self.assertEqual(['PAUSE', 'RESUME'], self.said)

    def test_a_resume_that_fails_is_tried_again(self):
        console.pause(time.time() - 1, 5, 'old')
        self.fails = {'RESUME'}
        with self.assertRaises(console.Failed):
            pooler.look_after_pause()
        self.fails = set()
        self.assertFalse(pooler.look_after_pause())
        self.assertIsNone(console.paused())

    def test_sessions_are_not_paused(self):
        self.mode = 'session'
        self.write(console.CONFIGURATION)
        with self.assertRaises(console.Failed):
            console.pause(SOON, 5, 'old')
        self.assertEqual([], self.said)


if __name__ == '__main__':
    unittest.main()
