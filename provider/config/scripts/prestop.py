"""preStop of container `database`: the shortest way to give up the leadership, before kubelet's SIGTERM.

Why not leave it to SIGTERM, and why not POST /switchover: SIGTERM stops with no CHECKPOINT before it (ha.py,
shutdown: checkpoint=False), so that a busy primary writes its dirty pages while it refuses everybody; a switchover
polls its result each second more (api.py, poll_failover_result).

So, while this member leads: CHECKPOINT, during which it serves everybody; then PostgreSQL is told to stop (fast, as
Patroni does: sessions end, WAL senders send everything up to the shutdown checkpoint); once it has stopped, SIGTERM.
Patroni then finds PostgreSQL stopped and does what it would do after its own wait: it takes the location of the
shutdown checkpoint and releases the lock in one write, which wakes the replicas (ha.py, shutdown: `if not
is_running … delete_leader`). Where PostgreSQL stays after its shutdown checkpoint, because it still archives, SIGTERM
comes at once: Patroni then releases the lock before the archiver has ended (ha.py, _on_shutdown).

A replica has nothing to hand over: Patroni's SIGTERM does all, and waits to be released as synchronous standby.
When Patroni hangs, kubelet is about to kill this container (liveness): then nothing may write any more, so PostgreSQL
is stopped at once.
"""
import http.client
import os
import signal
import socket
import ssl
import struct
import sys
import time

SOCKET = '/run/postgresql'
DATA = os.environ.get('PGDATA', '/pgdata/data')
PORT = 8008
# With more than this, a stop without the checkpoint is better than to lose the grace period.
CHECKPOINT_SECONDS = int(os.environ.get('PRESTOP_CHECKPOINT_SECONDS', '120'))
# A stop that takes longer than this is Patroni's to wait for.
STOP_SECONDS = 5
# How long PostgreSQL may stay after its shutdown checkpoint before SIGTERM. It mostly ends in that time; when it still
# archives, Patroni releases the lock as soon as the replicas have everything (patroni_waits.py).
ARCHIVING_SECONDS = 0.1


def ask(path):
    """Status code of Patroni's answer, None without one."""
    context = ssl.create_default_context()
    # Only whether this very pod's Patroni lives and leads: nothing secret, and no write.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection('localhost', PORT, timeout=1, context=context)
    try:
        connection.request('GET', path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def checkpoint():
    import psycopg2

    options = '-c search_path=pg_catalog -c statement_timeout=%ds' % CHECKPOINT_SECONDS
    try:
        connection = psycopg2.connect(
            host=SOCKET, user='postgres', dbname='postgres', connect_timeout=2, options=options,
            application_name='postgres-ha prestop',
        )
        connection.autocommit = True
        connection.cursor().execute('CHECKPOINT')
    except psycopg2.Error as error:
        say('no checkpoint: %s' % str(error).strip().split('\n')[0])


def postmaster():
    """Its process id while it runs. postmaster.pid is PostgreSQL's own lock file and goes when it has stopped."""
    try:
        with open(os.path.join(DATA, 'postmaster.pid'), encoding='ascii') as file:
            pid = int(file.readline())
        os.kill(pid, 0)
        return pid
    except (OSError, ValueError):
        return None


def shut_down():
    """Whether pg_control says "shut down": DB_SHUTDOWNED is 1, after an 8 and two 4 byte fields (catalog/pg_control.h)."""
    with open(os.path.join(DATA, 'global', 'pg_control'), 'rb') as file:
        return struct.unpack_from('=i', file.read(20), 16)[0] == 1


def stop_postgresql():
    """Ends when PostgreSQL has stopped. Patroni's loop must not find it stopped and start it again: SIGTERM follows at once."""
    pid = postmaster()
    if pid is None or pid <= 1:
        return
    os.kill(pid, signal.SIGINT)
    until = time.monotonic() + STOP_SECONDS
    while postmaster() is not None and time.monotonic() < until:
        time.sleep(0.005)
        if shut_down():
            until = min(until, time.monotonic() + ARCHIVING_SECONDS)


def stop_patroni():
    """SIGTERM as kubelet would send it (a second one does nothing, daemon.py, api_sigterm), then a knock at its door:
    Patroni's REST server looks only each half second whether it shall end (socketserver.py, serve_forever), unless somebody connects."""
    os.kill(1, signal.SIGTERM)
    until = time.monotonic() + 0.6
    while time.monotonic() < until:
        time.sleep(0.02)
        try:
            socket.create_connection(('localhost', PORT), timeout=0.1).close()
        except OSError:
            return


def say(text):
    """Where the container's log is: what a preStop hook prints is lost."""
    try:
        with open('/proc/1/fd/2', 'w', encoding='utf-8') as log:
            print('prestop: %s' % text, file=log, flush=True)
    except OSError:
        print('prestop: %s' % text, file=sys.stderr)


def main():
    if ask('/liveness') != 200:
        say('Patroni does not answer or hangs: PostgreSQL is stopped')
        stop_postgresql()
        return
    if ask('/leader') != 200:
        return
    began = time.monotonic()
    checkpoint()
    checked = time.monotonic()
    stop_postgresql()
    stopped = time.monotonic()
    stop_patroni()
    say('gave up the leadership: checkpoint %.2f s, stop %.2f s' % (checked - began, stopped - checked))


main()
