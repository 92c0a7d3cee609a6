"""Patroni that does not end although it was told to.

Its shutdown first waits for whatever it is at, without a limit (async_executor.py, cancel), and starting PostgreSQL waits for an
answer of a process of its own, which may never come (postmaster.py, start). So a pod that was deleted while PostgreSQL started
has stayed for the whole of its grace period, 300 s. Where no PostgreSQL runs, and no data are moved or removed, there is nothing
that an end in order could still do: this process then says what each of its threads is at, and ends. Source: Patroni 4.1.5.
"""
import faulthandler
import functools
import os
import sys
import threading
import time

import restore_watch
from patroni_wrap import wrap

# A copy that is cancelled has 10 s (cancellable.py), and what is left to tell Kubernetes retry_timeout.
PATIENCE_SECONDS = 30


class Work:
    """What nobody may break off: half of it would look like a database. A cancel does not reach it, and it takes its time."""

    def __init__(self):
        self._lock, self._at = threading.Lock(), 0

    def goes_on(self):
        return self._at > 0

    def counted(self, method):
        @functools.wraps(method)
        def done(*args, **kwargs):
            with self._lock:
                self._at += 1
            try:
                return method(*args, **kwargs)
            finally:
                with self._lock:
                    self._at -= 1

        return done


def wait(busy, patience=PATIENCE_SECONDS, step=1, clock=time.monotonic, sleep=time.sleep):
    """Returns when `busy` has not been true for so long."""
    last = clock()
    while clock() - last < patience:
        sleep(step)
        if busy():
            last = clock()


def end(work):
    wait(lambda: work.goes_on() or restore_watch.titles())
    print('Patroni does not end, and no PostgreSQL runs: it is ended. Its threads:', file=sys.stderr, flush=True)
    faulthandler.dump_traceback()
    os._exit(1)


def beginning(watch):
    """`watch` begins with the first call of any of the methods that it wraps: by a signal, or by a failure that ends Patroni."""
    # Without a lock: a signal may come in the middle of it, in the same thread.
    begun = []

    def wrapper(method):
        @functools.wraps(method)
        def told(self):
            if not begun:
                begun.append(True)
                threading.Thread(target=watch, daemon=True).start()
            return method(self)

        return told

    return wrapper


def surely(daemon, postgresql):
    """`daemon` and `postgresql` are Patroni's modules of these names."""
    work = Work()
    begins = beginning(lambda: end(work))
    wrap(
        *((postgresql.Postgresql, name, work.counted) for name in ('remove_data_directory', 'move_data_directory', 'initdb')),
        (daemon.AbstractPatroniDaemon, 'api_sigterm', begins),
        (daemon.AbstractPatroniDaemon, 'shutdown', begins),
    )
