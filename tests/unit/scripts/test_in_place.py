"""A restore in place on a member's volume: what was there before survives every interruption, and never twice."""
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../../../provider/config/scripts'))

import in_place_files  # noqa: E402
import old_data  # noqa: E402
from in_place_files import Volume  # noqa: E402

# Hundreds of small volumes, in memory where that can be had.
FAST = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
A, B, C = 'aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'


class Killed(Exception):
    pass


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def read(path):
    try:
        with open(path, encoding='utf-8') as file:
            return file.read()
    except OSError:
        return None


class Member:
    """A volume, and the programs that work on it: each change of a file may be the last before a kill."""

    def __init__(self, folder, separate_wal):
        self.data = os.path.join(folder, 'pgdata', 'data')
        self.wal = os.path.join(folder, 'pgwal', 'wal') if separate_wal else None
        self.fill(self.data, 'original')

    def fill(self, data, content):
        write(os.path.join(data, 'content'), content)
        if self.wal:
            write(os.path.join(self.wal, 'content'), content)
            link = os.path.join(data, 'pg_wal')
            if not os.path.lexists(link):
                os.symlink(self.wal, link)

    def volume(self, intent):
        return Volume(intent, self.data, self.wal)

    def content(self):
        found = read(os.path.join(self.data, 'content'))
        return (found, read(os.path.join(self.data, 'pg_wal', 'content'))) if self.wal else (found, found)

    def attempt(self, intent, recovers=True):
        """What start.py and Patroni do, once."""
        volume = self.volume(intent)
        if volume.done():
            return True
        if volume.gone() or volume.lacking():
            return False
        volume.begin()
        if not volume.files():
            if 'undo' in intent:
                volume.take_old()
            else:
                volume.to_copy()
                self.fill(self.data, 'restored ' + intent['id'])
                volume.copied()
        if volume.recovery_failed():
            return False
        volume.ready()
        volume.install()
        if not recovers:
            os.rename(self.data, volume.failed)
            if self.wal:
                in_place_files.remove(self.wal + '.failed')
                os.rename(self.wal, self.wal + '.failed')
                os.unlink(os.path.join(volume.failed, 'pg_wal'))
                os.symlink(self.wal + '.failed', os.path.join(volume.failed, 'pg_wal'))
            return False
        volume.finish()
        return True


def restore(identity, **more):
    return {'id': identity, 'stage': 'leader', 'leader': 'hippo-1', 'keepSeconds': 60, **more}


class InPlace(unittest.TestCase):
    def setUp(self):
        self._changes = None
        self._calls = {name: getattr(os, name) for name in ('rename', 'replace', 'unlink', 'makedirs', 'symlink', 'rmdir')}
        self._rmtree = in_place_files.shutil.rmtree
        for name, call in self._calls.items():
            setattr(os, name, self._counted(call))
        in_place_files.shutil.rmtree = self._counted(self._rmtree)
        in_place_files.os.sync, self._sync = (lambda: None), os.sync

    def tearDown(self):
        for name, call in self._calls.items():
            setattr(os, name, call)
        in_place_files.shutil.rmtree = self._rmtree
        os.sync = self._sync

    def _counted(self, call):
        def counted(*args, **kwargs):
            if self._changes is not None:
                self._changes -= 1
                if self._changes < 0:
                    raise Killed
            return call(*args, **kwargs)

        return counted

    def interrupted(self, steps, check):
        """Runs the steps, killed after each number of changes, and then once more from the step that was killed."""
        for separate_wal in (False, True):
            for changes in range(100):
                with tempfile.TemporaryDirectory(dir=FAST) as folder:
                    member = Member(folder, separate_wal)
                    self._changes, killed = changes, False
                    for step in steps:
                        try:
                            step(member)
                        except Killed:
                            killed, self._changes = True, None
                            step(member)
                    self._changes = None
                    with self.subTest(changes=changes, separate_wal=separate_wal):
                        check(member)
                    if not killed:
                        break
            else:
                self.fail('it never ends')

    def test_a_restore_keeps_the_data_of_before(self):
        def check(member):
            self.assertEqual(member.content(), ('restored ' + A,) * 2)
            self.assertEqual(read(member.volume(restore(A))._path('old') + '/content'), 'original')

        self.interrupted([lambda member: member.attempt(restore(A))], check)

    def test_an_undo_brings_them_back_and_can_be_undone(self):
        def check(member):
            self.assertEqual(member.content(), ('original',) * 2)
            self.assertTrue(os.path.exists(os.path.join(member.data, 'recovery.signal')))
            self.assertFalse(member.volume(restore(A)).has('old'))
            self.assertTrue(member.attempt(restore(C, undo=B, undoDone=True)))
            self.assertEqual(member.content(), ('restored ' + A,) * 2)

        self.interrupted(
            [
                lambda member: member.attempt(restore(A)),
                lambda member: member.attempt(restore(B, undo=A, undoDone=True)),
            ],
            check,
        )

    def test_a_failed_one_stands_in_nobodys_way(self):
        def failed(member):
            self.assertFalse(member.attempt(restore(A), recovers=False))
            self.assertFalse(member.attempt(restore(A)), 'the same attempt is not made again by itself')

        def check(member):
            self.assertEqual(member.content(), ('restored ' + B,) * 2)
            self.assertEqual(read(member.volume(restore(B))._path('old') + '/content'), 'original')

        self.interrupted([failed, lambda member: member.attempt(restore(B))], check)
        self.interrupted(
            [failed, lambda member: member.attempt(restore(A, attempt=2))],
            lambda member: self.assertEqual(member.content(), ('restored ' + A,) * 2),
        )

    def test_a_failed_one_is_undone(self):
        def check(member):
            self.assertEqual(member.content(), ('original',) * 2)
            self.assertEqual(old_data.restores(os.path.join(os.path.dirname(member.data), 'restore'))[0][:2], (B, False))

        failed = lambda member: member.attempt(restore(A), recovers=False)  # noqa: E731
        self.interrupted([failed, lambda member: member.attempt(restore(B, undo=A))], check)
        # Nothing of it had begun.
        self.interrupted([lambda member: member.attempt(restore(B, undo=A))], check)

    def test_an_undo_that_failed_loses_neither(self):
        def undo(member):
            self.assertFalse(member.attempt(restore(B, undo=A, undoDone=True), recovers=False))

        def check(member):
            self.assertEqual(member.content(), ('restored ' + C,) * 2)
            self.assertEqual(read(member.volume(restore(C))._path('old') + '/content'), 'restored ' + A)
            self.assertEqual(read(member.volume(restore(A))._path('old') + '/content'), 'original')

        first = lambda member: member.attempt(restore(A))  # noqa: E731
        self.interrupted([first, undo, lambda member: member.attempt(restore(C))], check)

        def back(member):
            self.assertEqual(member.content(), ('restored ' + A,) * 2)
            self.assertEqual(read(member.volume(restore(A))._path('old') + '/content'), 'original')

        self.interrupted([first, undo, lambda member: member.attempt(restore(C, undo=B))], back)

    def test_data_that_patroni_moves_away_after_all_are_not_done(self):
        with tempfile.TemporaryDirectory(dir=FAST) as folder:
            member = Member(folder, False)
            self.assertTrue(member.attempt(restore(A)))
            volume = member.volume(restore(A))
            os.rename(member.data, volume.failed)
            self.assertFalse(volume.done())
            volume.not_done()
            self.assertEqual(in_place_files.unfinished(member.data), A)
            self.assertFalse(member.attempt(restore(A)))
            self.assertTrue(member.attempt(restore(B, undo=A)))
            self.assertEqual(member.content()[0], 'original')
            self.assertIsNone(in_place_files.unfinished(member.data))

    def test_what_is_gone_is_not_undone(self):
        with tempfile.TemporaryDirectory(dir=FAST) as folder:
            member = Member(folder, False)
            self.assertFalse(member.attempt(restore(B, undo=A, undoDone=True)))
            self.assertEqual(member.content()[0], 'original')

    def test_a_volume_that_is_too_small_is_left_alone(self):
        with tempfile.TemporaryDirectory(dir=FAST) as folder:
            member = Member(folder, False)
            volume = member.volume(restore(A, bytes=2**60))
            self.assertRegex(volume.lacking(), r'MiB free and \d+ MiB are needed')
            self.assertEqual(member.content()[0], 'original')

    def test_a_replica_is_made_of_what_is_there(self):
        def made(member):
            volume = member.volume({**restore(A), 'stage': 'members'})
            if volume.done():
                return
            volume.step_aside()
            self.assertFalse(os.path.exists(member.data))
            volume.step_back()
            self.assertEqual(member.content()[0], 'original')
            volume.finish()

        self.interrupted([made], lambda member: self.assertEqual(member.content()[0], 'original'))

    def test_old_data_go_when_their_time_is_over(self):
        with tempfile.TemporaryDirectory(dir=FAST) as folder:
            member = Member(folder, True)
            member.attempt(restore(A))
            data, wal = (os.path.join(folder, name) for name in ('pgdata', 'pgwal'))
            at = json.loads(read(os.path.join(data, 'restore', A, 'done')))['at']
            self.assertEqual(old_data.sweep(at + 1860, data, wal), [])
            self.assertEqual(old_data.facts(data)['kept'], [A])
            self.assertEqual(old_data.sweep(at + 1861, data, wal), [A])
            self.assertEqual(os.listdir(os.path.join(wal, 'restore')), [])
            self.assertTrue(member.volume(restore(A)).done(), 'the mark stays')
            self.assertNotIn('kept', old_data.facts(data))

    def test_old_data_of_an_unfinished_restore_stay(self):
        with tempfile.TemporaryDirectory(dir=FAST) as folder:
            member = Member(folder, False)
            member.attempt(restore(A), recovers=False)
            self.assertEqual(old_data.sweep(2**40, os.path.join(folder, 'pgdata'), os.path.join(folder, 'pgwal')), [])
            self.assertEqual(read(member.volume(restore(A))._path('old') + '/content'), 'original')


if __name__ == '__main__':
    unittest.main()
