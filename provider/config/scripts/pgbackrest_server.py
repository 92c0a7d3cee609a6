"""`pgbackrest server`, reloaded when its configuration or its certificate changes.

In a member's pod it also sees to the stanzas and watches the archive while the member leads (archive_watch.py), and it
looks after what restores in place have left on the volume (old_data.py).
"""
import glob
import os
import signal
import subprocess
import sys
import threading
import time

import old_data

WATCHED = ('/etc/pgbackrest', '/etc/postgres-ha/tls/backup')
TICK_SECONDS = 5
# While something is wrong it is looked at this often; else only counters of PostgreSQL are read.
UNSETTLED_SECONDS = 2
SETTLED_SECONDS = 10
# pgBackRest looks for a signal after it has accepted a connection (command/server/server.c): one that comes before it waits
# for the first is forgotten, and the pod would stay for its whole grace period.
AGAIN_SECONDS = 1


def say(text):
    print('pgbackrest-server: %s' % text, file=sys.stderr, flush=True)


def address(pod_ip):
    """pgBackRest's `*` means all addresses of IPv4 (reference, tls-server-address)."""
    return '::' if ':' in pod_ip else '*'


def versions():
    """Kubelet turns the link `..data` of a volume when its content changes."""
    return [os.readlink(os.path.join(path, '..data')) for path in WATCHED]


def repositories():
    """Number and directory of each repository that this member pushes to; none on the repository host."""
    found = [(path.rsplit('repo', 1)[1], path) for path in glob.glob('/etc/pgbackrest/repo[0-9]*')]
    return sorted(found, key=lambda one: int(one[0]))


def watch_archive():
    from archive_watch import ArchiveWatch

    watch = ArchiveWatch(repositories, say)
    trouble = None
    while True:
        pause = UNSETTLED_SECONDS
        try:
            pause = SETTLED_SECONDS if watch.round() else UNSETTLED_SECONDS
            trouble = None
        except Exception as error:  # the next round may go well
            if repr(error) != trouble:
                trouble = repr(error)
                say(trouble)
        time.sleep(pause)


def main():
    child = subprocess.Popen(['pgbackrest', '--tls-server-address=' + address(os.environ.get('POD_IP', '')), 'server'])
    ending = threading.Event()

    def end(*_):
        ending.set()
        child.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    if repositories():
        threading.Thread(target=watch_archive, daemon=True).start()
        threading.Thread(target=old_data.look_after, args=(say,), daemon=True).start()
    known = versions()
    while True:
        try:
            sys.exit(child.wait(AGAIN_SECONDS if ending.is_set() else TICK_SECONDS))
        except subprocess.TimeoutExpired:
            pass
        if ending.is_set():
            child.send_signal(signal.SIGTERM)
            continue
        if versions() != known:
            known = versions()
            say('configuration or certificate changed: reload')
            child.send_signal(signal.SIGHUP)


if __name__ == '__main__':
    main()
