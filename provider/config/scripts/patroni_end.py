"""Patroni that does not end although it was told to.

Its shutdown first waits for whatever it is at, without a limit (async_executor.py, cancel), and starting PostgreSQL waits for an
answer of a process of its own, which may never come (postmaster.py, start). So a pod that was deleted while PostgreSQL started
has stayed for the whole of its grace period, 300 s. Where no PostgreSQL runs there is nothing that an end in order could still
do: this process then says what each of its threads is at, and ends. Source: Patroni 4.1.5.
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


def wait(runs, patience=PATIENCE_SECONDS, step=1, clock=time.monotonic, sleep=time.sleep):
    """Returns when no PostgreSQL has run for so long. `runs` tells whether one does."""
    last = clock()
    while clock() - last < patience:
        sleep(step)
        if runs():
            last = clock()


def end():
    wait(restore_watch.titles)
    print('Patroni does not end, and no PostgreSQL runs: it is ended. Its threads:', file=sys.stderr, flush=True)
    faulthandler.dump_traceback()
    os._exit(1)


def ends(api_sigterm, end=end):
    @functools.wraps(api_sigterm)
    def told(self):
        first = api_sigterm(self)
        if first:
            threading.Thread(target=end, daemon=True).start()
        return first

    return told


def surely(daemon):
    """`daemon` is Patroni's module of that name."""
    wrap((daemon.AbstractPatroniDaemon, 'api_sigterm', ends))
