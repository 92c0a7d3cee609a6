"""PgBouncer in its pod: reloaded when its configuration or a certificate changes, ended without breaking a transaction,
and never left paused.

Who changes or restarts the primary pauses the poolers first (pooler_pause.py). From then on this program looks for the new
one, and lets clients go on when it takes writes; or when the pause has lasted as long as it was asked for, should nobody
have come.
"""
import os
import signal
import subprocess
import sys
import time

import pooler_console as console
import pooler_primary

TLS = '/etc/postgres-ha/tls'
WATCHED = ('/etc/pgbouncer', TLS + '/server', TLS + '/pooler', TLS + '/pooler-server')
TICK_SECONDS = 0.2
# While clients wait. Each look is a TLS handshake.
PAUSED_SECONDS = 0.05
# Until no node leads new connections here any more: Kubernetes takes the pod out of the Service and ends it at once.
LEAVING_SECONDS = 5


def say(text):
    print('pooler: %s' % text, file=sys.stderr, flush=True)


def versions():
    """Kubelet turns the link `..data` of a volume when its content changes."""
    return [os.readlink(os.path.join(path, '..data')) for path in WATCHED]


def look_after_pause():
    """Returns whether clients still wait."""
    pause = console.paused()
    if pause is None:
        return False
    if time.time() > pause['until']:
        say('nobody has ended the pause in time: going on')
    else:
        try:
            if pooler_primary.identity() == pause['primary']:
                return True
        except pooler_primary.Away:
            return True
    console.resume()
    return False


class Pooler:
    def __init__(self, child):
        self._child = child
        self._known = versions()
        self._leaving = None
        self._told = False

    def leave(self, *_):
        self._leaving = self._leaving or time.monotonic()

    def round(self):
        """Returns the seconds until the next."""
        if versions() != self._known:
            self._known = versions()
            say('configuration or certificate changed: reload')
            self._child.send_signal(signal.SIGHUP)
        if self._leaving is not None and not self._told and time.monotonic() - self._leaving > LEAVING_SECONDS:
            self._told = True
            # PgBouncer waits for transactions, then it closes its clients (doc/usage.md, "Signals"). Paused it would wait
            # for ever.
            console.resume()
            self._child.send_signal(signal.SIGINT)
        return PAUSED_SECONDS if look_after_pause() else TICK_SECONDS


def main():
    # From an earlier life of the container.
    console.forget()
    child = subprocess.Popen(['pgbouncer', console.CONFIGURATION])
    pooler = Pooler(child)
    signal.signal(signal.SIGTERM, pooler.leave)
    pause = TICK_SECONDS
    while True:
        try:
            sys.exit(child.wait(pause))
        except subprocess.TimeoutExpired:
            pass
        try:
            pause = pooler.round()
        except (console.Failed, OSError) as error:
            say(str(error))


if __name__ == '__main__':
    main()
