"""Patroni waits whole seconds for things that mostly take a tenth of one, while writers wait too. Here such a wait
ends as soon as what it waits for is there, and lasts as long as before when it is not. What Patroni checks after a
wait, before it gives the lock away or follows somebody, stays as it is. Source: Patroni 4.1.5, which the names of the
functions below refer to; where a newer one no longer has them, its own waits are back, and nothing else changes.

- A stop of PostgreSQL is looked at in steps of a second (STOP_POLLING_INTERVAL, postgresql/__init__.py).
- A stop that is found between its last checkpoint and its end waits a second "to give replicas some more time to catch
  up" (on_shutdown in ha.py, demote and shutdown). PostgreSQL's WAL senders end when their replica has confirmed all of
  it (walsender.c, WalSndDone): when none is left, there is nothing more to wait for.
- A REST server that has ended keeps its socket, and who asks waits until the process ends, which is when PostgreSQL has archived its last
  WAL: replicas that ask the former leader before they take over lost a second by it (api.py, shutdown; ha.py, _is_healthiest_node).
- A member that has released the lock, and one that is not the candidate of a switchover, wait two seconds "to give a
  time to somebody to take the leader lock" (ha.py, demote and process_unhealthy_cluster), and follow the new leader only
  then. Commits on the new leader wait for them.
"""
import contextlib
import functools
import threading
import time

from patroni_wrap import wrap

STOP_POLLING_SECONDS = 0.1
STEP_SECONDS = 0.05

_thread = threading.local()


class Clock:
    """What patroni.ha sees as `time`: the same, but within `ending_when` a sleep ends early."""

    def __getattr__(self, name):
        return getattr(time, name)

    @staticmethod
    def sleep(seconds):
        arrived = getattr(_thread, 'arrived', None)
        if arrived is None:
            time.sleep(seconds)
            return
        until = time.monotonic() + seconds
        while time.monotonic() < until and not _true(arrived):
            time.sleep(max(0, min(STEP_SECONDS, until - time.monotonic())))


def _true(condition):
    try:
        return condition()
    except Exception:  # not known: then the whole time is waited, as Patroni does
        return False


@contextlib.contextmanager
def ending_when(condition):
    """Sleeps of this thread end when `condition` holds."""
    before = getattr(_thread, 'arrived', None)
    _thread.arrived = condition
    try:
        yield
    finally:
        _thread.arrived = before


def another_leads(ha):
    leader = ha.dcs.get_cluster().leader
    return bool(leader and leader.name and leader.name != ha.state_handler.name)


def replicas_have_all(postgresql):
    postmaster = postgresql.is_running()
    return not postmaster or not any('walsender' in ' '.join(child.cmdline()) for child in postmaster.children())


def until_another_leads(method):
    @functools.wraps(method)
    def shorter(self, *args, **kwargs):
        with ending_when(lambda: another_leads(self)):
            return method(self, *args, **kwargs)

    return shorter


def until_replicas_have_all(stop):
    @functools.wraps(stop)
    def shorter(self, *args, on_shutdown=None, **kwargs):
        def on_shutdown_shorter(*locations):
            with ending_when(lambda: replicas_have_all(self)):
                return on_shutdown(*locations)

        return stop(self, *args, on_shutdown=on_shutdown_shorter if on_shutdown else None, **kwargs)

    return shorter


def then_refusing(shutdown):
    @functools.wraps(shutdown)
    def closed(self):
        shutdown(self)
        self.socket.close()

    return closed


def shorten(ha, postgresql, api):
    """`ha`, `postgresql` and `api` are Patroni's modules of these names."""
    postgresql.STOP_POLLING_INTERVAL = STOP_POLLING_SECONDS
    ha.time = Clock()
    wrap(
        (postgresql.Postgresql, 'stop', until_replicas_have_all),
        (api.RestApiServer, 'shutdown', then_refusing),
        (ha.Ha, 'demote', until_another_leads),
        (ha.Ha, 'process_unhealthy_cluster', until_another_leads),
    )
