"""One pod at a time on a member's data.

Kubernetes starts a pod of the same name as soon as the one before is gone from the API. Deleted with grace 0 that is at once,
while its processes live for two seconds more or, where kubelet is ill, for longer; and on the same node a ReadWriteOnce volume is
mounted for both. PostgreSQL would not notice: it asks whether the process in postmaster.pid lives, and whether its shared
memory is in use, and both are in the other pod's namespaces (utils/init/miscinit.c, CreateLockFile). Two of them on the same
files destroy these.

So the container holds a lock on a file of the volume, which the kernel keeps for the process (fcntl, F_SETLK): through exec, so
that it becomes Patroni's, until that ends, and its whole container with it.
"""
import fcntl
import os

import probe_answers

FILE = '/pgdata/.lock'
STATE = 'waiting'


def hold(path=FILE, answered=probe_answers.answered):
    """Returns when nobody else has the data."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    # Closed, it would end the lock.
    os.set_inheritable(descriptor, True)
    try:
        if taken(descriptor):
            print('start: another pod still has these data: waiting until it has ended', flush=True)
            with answered(lambda: {'state': STATE}):
                fcntl.lockf(descriptor, fcntl.LOCK_EX)
            print('start: it has ended', flush=True)
    except OSError as error:  # a file system without locks: as before there was this one
        print('start: the data could not be locked: %s' % error, flush=True)


def taken(descriptor):
    """Whether somebody else has the lock; else it is ours now."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except (BlockingIOError, PermissionError):  # EAGAIN or EACCES
        return True
