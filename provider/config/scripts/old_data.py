"""What restores in place leave on a member's volume, in container pgbackrest: the data of before are removed when their time
is over, and what is kept, and how much room there is, goes to a file that the agent publishes.

Only what a finished restore has left is ever removed (in_place_files.py): the restored cluster has accepted writes since.
"""
import json
import os
import shutil
import time

from in_place_intent import ID

STATE = '/run/postgresql/volume.json'
DATA = '/pgdata'
WAL = '/pgwal'
ROUND_SECONDS = 30
# An undo that was planned in time finds what it was planned with.
GRACE_SECONDS = 1800
# Marks say that a member has been through a restore: they stay much longer than anybody asks.
MARK_SECONDS = 30 * 86400
# Free space is published in such parts of the volume, so that its status does not change all the time.
STEPS = 50


def restores(root):
    """Identity, whether data are kept, and what the mark of its end says (None before), of each restore."""
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return []
    found = []
    for name in filter(ID.match, names):
        directory = os.path.join(root, name)
        try:
            with open(os.path.join(directory, 'done'), encoding='utf-8') as file:
                done = json.load(file)
        except (OSError, ValueError):
            done = None
        found.append((name, os.path.isdir(os.path.join(directory, 'old')), done))
    return found


def over(done, now, seconds):
    return done is not None and now > done.get('at', now) + seconds


def sweep(now, data=DATA, wal=WAL):
    """Removes what is over; returns what was removed."""
    root, removed = os.path.join(data, 'restore'), []
    for name, kept, done in restores(root):
        if kept and over(done, now, done.get('keep', 0) + GRACE_SECONDS if done else 0):
            # First out of the way, so that nobody takes half of it for the whole.
            old, going = os.path.join(root, name, 'old'), os.path.join(root, name, 'removed')
            os.rename(old, going)
            removed.append(name)
        shutil.rmtree(os.path.join(root, name, 'removed'), ignore_errors=True)
        if not os.path.isdir(os.path.join(root, name, 'old')) and done is not None:
            shutil.rmtree(os.path.join(wal, 'restore', name), ignore_errors=True)
            if over(done, now, MARK_SECONDS):
                # As a whole: without its last mark alone it would look as if it had not ended.
                os.rename(os.path.join(root, name), os.path.join(root, name + '.removed'))
        shutil.rmtree(os.path.join(root, name + '.removed'), ignore_errors=True)
    return removed


def facts(data=DATA):
    """Bytes of the volume, those that are free, rounded down, and the restores whose data of before are kept."""
    found = os.statvfs(data)
    size = found.f_blocks * found.f_frsize
    step = max(1, size // STEPS)
    free = found.f_bavail * found.f_frsize // step * step
    kept = [name for name, is_kept, _ in restores(os.path.join(data, 'restore')) if is_kept]
    return {'size': size, 'free': free, **({'kept': kept} if kept else {})}


def write(document, path=STATE):
    with open(path + '.new', 'w', encoding='utf-8') as file:
        json.dump(document, file, sort_keys=True)
    os.replace(path + '.new', path)


def look_after(say):
    trouble = None
    while True:
        try:
            for name in sweep(time.time()):
                say('the data of before restore %s are removed: their time is over' % name)
            write(facts())
            trouble = None
        except OSError as error:
            if repr(error) != trouble:
                trouble = repr(error)
                say(trouble)
        time.sleep(ROUND_SECONDS)
