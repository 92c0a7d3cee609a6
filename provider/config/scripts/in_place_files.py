"""The files of a restore in place on a member's volume. Each step may be interrupted, by a kill or with the node, and done again.

    /pgdata/data            what PostgreSQL runs on
    /pgdata/data.restored   restored files that PostgreSQL has not started on; Patroni takes them as a new cluster's data
    /pgdata/data.failed     where Patroni puts data whose recovery failed
    /pgdata/data.delta      a replica's data of before, of which what did not change is used
    /pgdata/restore/ID/     of one restore: `old`, the data of before, and marks of what is done
    /pgwal/restore/ID       WAL of the data of before, where WAL has a volume of its own

What was there before is never removed here. What a restore made that did not end is: its data never accepted a write.
"""
import json
import os
import shutil
import time

from in_place_intent import ID

DATA = '/pgdata/data'
WAL = '/pgwal/wal'
# What a later recovery must not find in settings that an earlier one has left; and PostgreSQL follows nothing but what is there.
UNDO_SETTINGS = """
# Written by an undo of a restore in place: all that is there, on its own timeline, and on.
restore_command = 'pgbackrest --stanza=db archive-get %f "%p"'
recovery_target = ''
recovery_target_name = ''
recovery_target_time = ''
recovery_target_xid = ''
recovery_target_lsn = ''
recovery_target_timeline = 'current'
recovery_target_action = 'promote'
"""
MARGIN = 256 * 2**20


class Volume:
    def __init__(self, intent, data=DATA, wal=None):
        """`wal` is the directory of WAL where it has a volume of its own."""
        self.intent, self.data, self._wal = intent, data, wal
        self.restored, self.failed, self.delta = data + '.restored', data + '.failed', data + '.delta'
        self._root = os.path.join(os.path.dirname(data), 'restore')
        self._wal_root = os.path.join(os.path.dirname(wal), 'restore') if wal else None

    # Marks.

    def _path(self, name, restore=None):
        return os.path.join(self._root, restore or self.intent['id'], name)

    def has(self, name, restore=None):
        return os.path.exists(self._path(name, restore))

    def mark(self, name, text=''):
        os.makedirs(self._path(''), mode=0o700, exist_ok=True)
        with open(self._path(name) + '.new', 'w', encoding='utf-8') as file:
            file.write(text)
        # All that it stands for reaches the disk before it.
        os.sync()
        os.replace(self._path(name) + '.new', self._path(name))
        os.sync()

    def _unmark(self, *marks):
        for name in marks:
            remove(self._path(name))

    def attempt(self):
        return self._read('attempt')

    def _read(self, name):
        try:
            with open(self._path(name), encoding='utf-8') as file:
                return file.read()
        except OSError:
            return ''

    def done(self):
        """Not without data: Patroni moves them away when it can't make a cluster of them after all (ha.py, cancel_initialization)."""
        return self.has('done') and filled(self.data)

    def not_done(self):
        """What said so was said too early."""
        self._unmark('done')

    def finish(self):
        """The restored cluster accepts writes, or this replica's data are of it."""
        self.mark('done', json.dumps({'at': int(time.time()), 'keep': self.intent.get('keepSeconds', 0)}))

    # The member that is restored.

    def lacking(self):
        """Why there is no room for the restored data beside those of before; None where there is. Before anything is touched."""
        if self.has('moved') or unfinished(self.data, self.intent['id']) or 'undo' in self.intent:
            return None
        found = os.statvfs(os.path.dirname(self.data))
        free, needed = found.f_bavail * found.f_frsize, self.intent.get('bytes', 0) + MARGIN
        if free >= needed:
            return None
        return 'the volume has %d MiB free and %d MiB are needed beside the data of now' % (free // 2**20, needed // 2**20)

    def gone(self):
        """Whether the data that are to come back are no longer there. Before anything is touched."""
        undo = self.intent.get('undo')
        return bool(undo and self._undoes_done(undo) and not self.has('moved') and not self.has('old', undo))

    def _undoes_done(self, undo):
        """Who asks may have been gone before it knew; a volume may be another by now."""
        return bool(self.intent.get('undoDone')) or self.has('done', undo)

    def begin(self):
        """Moves what is there aside. Data that an unfinished restore has made make room, for those of before it are aside already."""
        attempt = str(self.intent.get('attempt', 1))
        if self.has('moved'):
            if self.attempt() != attempt:
                self._discard()
                self.mark('attempt', attempt)
            return
        before = unfinished(self.data, self.intent['id'])
        if before:
            Volume({**self.intent, 'id': before}, self.data, self._wal)._discard()
            if self._wal_root:
                _move(os.path.join(self._wal_root, before), os.path.join(self._wal_root, self.intent['id']))
            _move(self._path('', before).rstrip('/'), self._path('').rstrip('/'))
        else:
            os.makedirs(self._path(''), mode=0o700, exist_ok=True)
            _move(self.data, self._path('old'))
            if self._wal:
                os.makedirs(self._wal_root, mode=0o700, exist_ok=True)
                _move(self._wal, os.path.join(self._wal_root, self.intent['id']))
        self.mark('attempt', attempt)
        self.mark('moved')

    def _discard(self):
        """Removes what this restore has made so far. What an undo took goes back to where it was: it exists once."""
        source = self._read('source')
        kept = source and self._path('old', source)
        for path in (self.data, self.restored, self.failed):
            if kept and filled(path) and not os.path.exists(kept):
                _move(path, kept)
            else:
                remove(path)
        if self._wal:
            kept_wal = source and os.path.join(self._wal_root, source)
            for path in (self._wal, self._wal + '.failed'):
                if kept_wal and os.path.isdir(path) and not os.path.exists(kept_wal):
                    _move(path, kept_wal)
                else:
                    remove(path)
        self._unmark('files', 'source')

    def take_old(self):
        """Undo: what was moved aside is what Patroni shall take."""
        undo = self.intent['undo']
        source = undo if self._undoes_done(undo) else self.intent['id']
        if not self.has('source'):
            self.mark('source', source)
        if self.has('old', source) and not os.path.exists(self.restored):
            _move(self._path('old', source), self.restored)
        if self._wal:
            kept_wal = os.path.join(self._wal_root, source)
            if os.path.isdir(kept_wal):
                _move(kept_wal, self._wal)
            link = os.path.join(self.restored, 'pg_wal')
            remove(link)
            os.symlink(self._wal, link)
        remove(os.path.join(self.restored, 'standby.signal'))
        _stopped(self.restored)
        with open(os.path.join(self.restored, 'postgresql.auto.conf'), 'a', encoding='utf-8') as file:
            file.write(UNDO_SETTINGS)
        with open(os.path.join(self.restored, 'recovery.signal'), 'w', encoding='ascii'):
            pass
        self.mark('files')

    def to_copy(self):
        """Makes the directory for pgBackRest; what an interrupted copy has left there is gone on with."""
        os.makedirs(self.data, mode=0o700, exist_ok=True)
        _stopped(self.data)

    def copied(self):
        _move(self.data, self.restored)
        self.mark('files')

    def files(self):
        """Whether the files are where Patroni takes them from, or have been."""
        if 'undo' not in self.intent and os.path.exists(self.restored) and not self.has('files'):
            self.mark('files')
        return self.has('files')

    def recovery_failed(self):
        return self.has('files') and not filled(self.data) and not filled(self.restored) and filled(self.failed)

    def ready(self):
        """Patroni finds no data, and takes the restored ones; a recovery that was interrupted goes on from where it was."""
        if filled(self.data) and not os.path.exists(self.restored):
            _stopped(self.data)
            _move(self.data, self.restored)
        remove(self.data)

    def install(self):
        """Called by Patroni in place of initdb."""
        if os.path.isdir(self.data):
            os.rmdir(self.data)
        _move(self.restored, self.data)

    # A replica.

    def step_aside(self):
        """Patroni finds no data and makes the replica anew, of what is there and what has changed."""
        if filled(self.data):
            remove(self.delta)
            _move(self.data, self.delta)

    def forget(self):
        """Nothing that is there is of use."""
        remove(self.delta)

    def step_back(self):
        if os.path.isdir(self.delta) and not filled(self.data):
            remove(self.data)
            _move(self.delta, self.data)
        self.to_copy()


def unfinished(data=DATA, other_than=None):
    """The restore whose data are in the way, if there is one: at most one, since each takes over from the one before."""
    root = os.path.join(os.path.dirname(data), 'restore')
    try:
        names = sorted(filter(ID.match, os.listdir(root)))
    except OSError:
        return None
    begun = [one for one in names if one != other_than and os.path.exists(os.path.join(root, one, 'moved'))]
    return next((one for one in begun if not os.path.exists(os.path.join(root, one, 'done'))), None)


def _stopped(data):
    """Nothing runs on it when a container starts; the number of a process of an earlier one may be somebody else's now."""
    remove(os.path.join(data, 'postmaster.pid'))


def filled(path):
    return os.path.isdir(path) and bool(os.listdir(path))


def _move(source, target):
    """May be done again: what is not there any more has been moved."""
    if os.path.lexists(source):
        os.rename(source, target)


def remove(path):
    path = path.rstrip('/')
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)
