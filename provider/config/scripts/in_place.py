"""A restore in place, as the start of container `database` does it, before Patroni runs.

The member that is restored moves its data aside and copies the backup; then Patroni starts it as a new cluster would be
(in_place_bootstrap.py): it recovers to the target and is promoted, on a timeline of its own. Patroni's own keys have been
cleared by the action. Until that member leads, no other starts; afterwards each is made anew from the same backup.
All of this goes on without the client that asked for it. What happens is answered on Patroni's port, and published by
the agent.
"""
import os
import subprocess
import sys
import threading
import time

import in_place_intent
import probe_answers
from in_place_files import WAL, Volume, unfinished
from kubernetes_api import Api, ApiError, Unreachable
from patroni_config import DIRECTORY, write_file
from pgbackrest_words import words

FILE = '30-restore.yml'
COMMAND = 'python3 /etc/postgres-ha/scripts/in_place_bootstrap.py'
BOOTSTRAP = """bootstrap:
  method: restore
  restore:
    command: %(command)s
    no_params: true
    keep_existing_recovery_conf: true
  post_bootstrap: %(command)s done
""" % {'command': COMMAND}
FIELD_MANAGER = 'postgres-ha-restore'
RETRY_SECONDS = 10
LOST = (
    'a restore in place has begun here and not ended, and what it is to do is no longer in the ConfigMap; '
    'run it again, or undo it: pgha restore --undo'
)
RECOVERY_FAILED = 'PostgreSQL did not recover up to the target; the log of this container says why'


def volume_of(intent):
    return Volume(intent, wal=WAL if in_place_intent.separate_wal() else None)


def asked():
    """The intent of the restore that goes on, and the volume; or None."""
    intent = in_place_intent.read()
    return None if intent is None else (intent, volume_of(intent))


def pending():
    """The same, if this member has not been through it."""
    found = asked()
    return None if found is None or found[1].done() else found


def failed():
    """Whether Patroni has just given up the recovery of a restore in place."""
    found = pending()
    return found is not None and found[0]['stage'] == 'leader' and found[1].recovery_failed()


class Report:
    """What this member is at, for whoever asks its port."""

    def __init__(self, intent):
        self._fixed = {'id': intent['id'], 'attempt': intent.get('attempt', 1)}
        self._now = {'state': 'waiting'}

    def say(self, state, text=''):
        now = {'state': state, **({'text': text} if text else {})}
        if now != self._now:
            print('restore: %s%s' % (state, ': ' + text if text else ''), file=sys.stderr, flush=True)
        self._now = now

    def answer(self):
        return {'state': 'restoring', 'inPlace': {**self._fixed, **self._now}}


def prepare(member):
    """Returns when Patroni may start."""
    path = os.path.join(DIRECTORY, FILE)
    if os.path.exists(path):
        os.unlink(path)
    while (found := pending()) is not None or unfinished():
        # Without what it is to do, nothing may start: to Patroni an empty directory is a new cluster.
        intent, volume = found or ({'id': unfinished(), 'attempt': 0, 'stage': None, 'leader': None}, None)
        if intent['stage'] == 'members':
            volume.step_aside()
            return
        report = Report(intent)
        with probe_answers.answered(report.answer):
            if volume is None:
                report.say('failed', LOST)
            elif intent['leader'] != member:
                report.say('waiting', 'until %s is restored' % intent['leader'])
            elif _restored(intent, volume, report):
                write_file(path, BOOTSTRAP)
                return
            _until_changed(found and intent)


def _until_changed(now):
    while in_place_intent.read() == now:
        time.sleep(1)


def _restored(intent, volume, report):
    """Brings the files where Patroni takes them from; False when this can't be."""
    problem = 'the data that are to come back are not on this volume any more' if volume.gone() else volume.lacking()
    if problem:
        report.say('failed', problem + '; nothing was touched')
        return False
    volume.not_done()
    # After another attempt that failed, this begins anew.
    volume.begin()
    if not volume.files():
        if 'undo' in intent:
            volume.take_old()
        else:
            _copy(intent, volume, report)
    if volume.recovery_failed():
        report.say('failed', RECOVERY_FAILED)
        return False
    volume.ready()
    return _first(report)


def _copy(intent, volume, report):
    """Tries for as long as it takes: the repository may come back. Who waits for it may give up, and undo."""
    command = in_place_intent.leader_command(intent, in_place_intent.separate_wal())
    while True:
        report.say('copying', 'backup %s' % intent['backup'])
        volume.to_copy()
        code, text = _run(command)
        if code == 0:
            volume.copied()
            return
        report.say('copying', words(text) or 'pgbackrest restore ended with %d' % code)
        time.sleep(RETRY_SECONDS)


def _run(command):
    """The exit code and the errors, which go to the log as well."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    errors = []

    def pass_on():
        for line in process.stderr:
            errors.append(line)
            sys.stderr.write(line)

    reader = threading.Thread(target=pass_on)
    reader.start()
    code = process.wait()
    reader.join()
    return code, ''.join(errors)


def _first(report):
    """Patroni's record says of no cluster that it is there; a bootstrap that was interrupted has left its mark in it."""
    cluster = os.environ['CLUSTER_NAME']
    while True:
        try:
            api = Api(os.environ['POD_NAMESPACE'])
            leader = _annotations(api, cluster).get('leader')
            if leader:
                report.say('failed', '%s leads this cluster; nothing more was done' % leader)
                return False
            if 'initialize' in _annotations(api, cluster + '-config'):
                keys = {'initialize': None, 'history': None}
                api.patch('endpoints', cluster + '-config', {'metadata': {'annotations': keys}}, FIELD_MANAGER)
            return True
        except (ApiError, Unreachable) as error:
            report.say('copying', 'the API does not answer: %s' % error)
            time.sleep(2)


def _annotations(api, name):
    try:
        return api.get('endpoints', name)['metadata'].get('annotations') or {}
    except ApiError as error:
        if error.status == 404:
            return {}
        raise
