"""A fenced member: neither PostgreSQL nor Patroni runs, the pod and its volume stay.

Patroni alone can't promise that. Its tag `nofailover` is asked for only while Patroni runs, and it starts a stopped
PostgreSQL again; its pause is of the whole cluster. What does not run can't be promoted, so neither runs: the list of
fenced members is key fenced.json of ConfigMap CLUSTER-config. A pod that starts reads the mounted file, which is fresh then.
Afterwards the agent's mark counts, since the agent sees the change at once and the mount up to a minute later.
In place of Patroni probe_answers.py answers the probes.
"""
import json
import os
import threading
import time

import probe_answers

MARK = '/run/postgresql/fenced'
MOUNTED = '/etc/postgres-ha/config/fenced.json'
STATE = 'fenced'


def listed(text, member):
    """Whether the list in this text names the member. What is no list names nobody."""
    try:
        document = json.loads(text or '[]')
    except ValueError:
        return False
    return isinstance(document, list) and member in document


def fenced(member, mark=MARK, mounted=MOUNTED):
    try:
        with open(mark, encoding='ascii') as file:
            return file.read() == 'yes'
    except OSError:
        pass
    try:
        with open(mounted, encoding='utf-8') as file:
            return listed(file.read(), member)
    except OSError:
        return False


def wait(member):
    """Returns when the member is no longer fenced."""
    print('start: %s is fenced: PostgreSQL and Patroni stay stopped until it is unfenced' % member, flush=True)
    with probe_answers.answered(lambda: {'state': STATE}):
        while fenced(member):
            time.sleep(1)
    print('start: %s is no longer fenced' % member, flush=True)


def stop_when_fenced(member, stop):
    """Calls `stop` once the member is fenced."""

    def watch():
        while not fenced(member):
            time.sleep(1)
        print('patroni: %s is to be fenced: stopping' % member, flush=True)
        stop()

    threading.Thread(target=watch, daemon=True).start()
