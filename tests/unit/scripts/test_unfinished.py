"""Data that a copy left unfinished are moved aside before Patroni looks; all others stay where they are."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../../../provider/config/scripts'))

import unfinished  # noqa: E402

DATABASE = {'PG_VERSION': '18', 'global/pg_control': 'control'}


class Unfinished(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = os.path.join(folder.name, 'data')
        self.aside = self.data + '.unfinished'
        self.volume = unfinished.Volume(self.data)
        self.asked = 0

    def has(self, **files):
        for name, text in files.items():
            path = os.path.join(self.data, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='ascii') as file:
                file.write(text)

    def started(self, initialised=False):
        def ask():
            self.asked += 1
            return initialised

        return self.volume.set_aside(ask)

    def test_what_is_no_unfinished_copy_stays_and_nobody_is_asked(self):
        for name, files in (
            ('nothing', {}),
            ('a database', DATABASE),
            ('a database that a copy has made', {**DATABASE, 'backup_label': '', 'backup.manifest': ''}),
            ('a database that lost its control file', {'PG_VERSION': '18'}),
        ):
            with self.subTest(name):
                self.has(**files)
                self.assertFalse(self.started())
                self.assertEqual(os.path.isdir(self.data), bool(files))
                self.assertEqual(self.asked, 0)

    def test_half_a_copy_is_gone_on_with(self):
        for name in unfinished.BEGUN:
            with self.subTest(name):
                self.has(**{name: '', 'base/1': 'half', 'postmaster.pid': '7'})
                self.assertTrue(self.started())
                self.assertFalse(os.path.exists(self.data))
                self.assertTrue(self.volume.take_back())
                self.assertEqual(sorted(os.listdir(self.data)), sorted([name, 'base']))
                self.assertFalse(os.path.exists(self.aside))
                os.unlink(os.path.join(self.data, name))

    def test_an_interrupted_restore_is_no_database_however_complete(self):
        self.volume.begin()
        self.assertFalse(self.volume.take_back())
        self.has(**DATABASE)
        self.assertTrue(self.started(initialised=False))
        self.assertFalse(os.path.exists(self.data))
        # And again, before it could go on.
        self.assertFalse(self.started(initialised=False))
        self.volume.begin()
        self.assertTrue(self.volume.take_back())
        self.assertTrue(os.path.exists(os.path.join(self.data, 'global/pg_control')))

    def test_a_restore_that_has_ended_is_a_database(self):
        self.volume.begin()
        self.has(**DATABASE)
        self.volume.done()
        self.assertFalse(self.started(initialised=False))
        self.assertEqual(self.asked, 0)

    def test_where_there_is_a_cluster_data_are_its_own_whoever_had_begun_a_restore(self):
        self.volume.begin()
        self.has(**DATABASE)
        self.assertFalse(self.started(initialised=True))
        self.assertEqual(self.asked, 1)
        self.assertTrue(os.path.isdir(self.data))
        # From then on, also when Patroni's keys are cleared (a restore in place).
        self.assertFalse(self.started(initialised=False))
        self.assertTrue(os.path.isdir(self.data))

    def test_a_recovery_is_not_of_the_cluster_that_another_member_has_made(self):
        self.volume.begin()
        self.has(**DATABASE, **{'recovery.signal': ''})
        self.assertTrue(self.started(initialised=True))
        self.assertFalse(os.path.exists(self.data))
        # A replica is copied now, and is the cluster's.
        self.has(**DATABASE, **{'standby.signal': ''})
        self.assertFalse(self.started(initialised=True))
        self.assertFalse(self.started(initialised=False))
        self.assertTrue(os.path.isdir(self.data))


if __name__ == '__main__':
    unittest.main()
