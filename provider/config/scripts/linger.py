"""How the agent ends: as the last of its pod."""
import os
import socket
import time

import patroni_rest

# When the pod ends: the agent's time after Patroni's end, and at most (longer than prestop.py's checkpoint).
LINGER_SECONDS = 2
MOST_LINGER_SECONDS = 150


def leave(*_):
    """The last to leave: as long as a container of the pod lives, its address answers "refused". Without it, kube-proxy's
    rules lead new connections to nowhere until its next sync, a second later at most, and a client that sent its first
    packet into nothing goes on doing so for its whole time-out."""
    gone = None
    until = time.monotonic() + MOST_LINGER_SECONDS
    while time.monotonic() < until and (gone is None or time.monotonic() - gone < LINGER_SECONDS):
        try:
            socket.create_connection(('localhost', patroni_rest.PORT), timeout=1).close()
            gone = None
        except OSError:
            gone = gone or time.monotonic()
        time.sleep(0.2)
    os._exit(0)
