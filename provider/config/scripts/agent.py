"""The agent of one member: what would otherwise need an operator.

It takes up the ConfigMap CLUSTER-config (watched through the API, so within seconds), reloads renewed certificates,
and publishes the member's status in an annotation of its pod. On the leader it also makes Patroni's settings in the
DCS equal to dcs.yaml, and roles and databases equal to databases.yaml. Everything is compared with what is there, so
the agent can be killed at any time. It logs one line a change, and nothing a round.
"""
import os
import signal
import sys
import threading
import time
from base64 import b64decode

import psycopg2

import agent_backups
import databases
import fencing
import linger
import metrics
import patroni_config
import patroni_rest
import settings_check
import settings_taken
from abandoned_bootstrap import AbandonedBootstrap
from config_documents import Documents, sha256
from kubernetes_api import Api, ApiError, Followed, Unreachable
from leader_release import LeaderRelease
from log import Log
from own_postgresql import Postgresql
from patroni_settings import PatroniSettings
from pod_status import PodStatus

# A round asks Patroni (a TLS handshake) and PostgreSQL. Between rounds a tick only looks whether the role or the
# mounted certificate changed, which costs next to nothing.
ROUND_SECONDS = 10
TICK_SECONDS = 2
UNSETTLED_SECONDS = 0.5
# Patroni and PostgreSQL act some seconds after a change; until then each second is a round, so that status is fresh.
AFTER_CHANGE_SECONDS = 8


class Agent:
    def __init__(self, api, config, log, member, pod, cluster):
        self._api, self._config, self._log, self._member = api, config, log, member
        self._settings = PatroniSettings(member, log)
        self._databases = databases.Databases(self._password, log)
        self._status = PodStatus(api, pod, log)
        self._postgresql = Postgresql(log)
        self._documents = Documents()
        self._taken = settings_taken.Taken(self._postgresql)
        self._version = None
        self._leads = False
        self._backups = agent_backups.Backups(api, cluster, log)
        self._bootstrap = AbandonedBootstrap(api, cluster, log)
        self._archive = {}
        self._told = {}
        self._changed_at = self._settled_at = time.monotonic()

    def round(self):
        """One comparison of everything; returns the seconds until the next."""
        version = self._config.object and self._config.object['metadata']['resourceVersion']
        if version != self._version:
            self._version, self._changed_at = version, time.monotonic()
        data = (self._config.object or {}).get('data') or {}
        fenced = self._fence(data)
        try:
            answer = patroni_rest.call('GET', '/leader')
            self._log.state('patroni', None)
        except patroni_rest.Down as error:
            self._log.state('patroni', 'does not answer: %s' % error)
            # What was true of this member need not be any more: it tells nothing, and nobody counts it as the leader.
            self._told = {}
            # It ends when a restore fails, and how that was must be known before the next try.
            restore = self._backups.state().get('restore', {})
            if restore.get('phase') == 'failed':
                self._status.publish({'restore': restore, 'problems': []})
            return self._pause(False)
        self._bootstrap.look(answer.body)
        held = answer.body.get('inPlace') if isinstance(answer.body, dict) else None
        if fenced or held:
            return self._pause(self._stopped(answer, {'inPlace': held} if held else {'fenced': True}))
        self._archive = self._backups.state()
        told = {key: self._archive[key] for key in ('archive', 'restore') if self._archive.get(key)}
        status = {'certificate': answer.not_after, **self._backups.volume(), **told}
        problems = []
        dcs = self._documents.parse(data, 'dcs.yaml', problems)
        own = self._own_parameters(data, problems)
        taken = not self._settings.reload_due(self._taken.loaded_at())
        settled = [
            self._config.known,
            taken,
            self._settings.check_certificate(answer),
            own is None or self._settings.apply_member(own),
            self._postgresql.ask(patroni_config.parameter_names(dcs) + patroni_config.parameter_names(own), status),
        ]
        self._lead(answer)
        # A primary without the lock is just being made or promoted: it will lead in a moment.
        settled.append(self._postgresql.in_recovery is not False or self._leads)
        if self._leads and self._config.object:
            settled.append(self._apply_dcs(data, dcs, status, problems, taken))
            settled.append(self._apply_databases(data, status, problems))
        if self._leads:
            # No problem of the settings, which is what nobody may go on with.
            status.update(self._backups.lead(self._archive))
        # Of its own besides: a Rollout fails by it, and not by what else may be wrong.
        refused = self._taken.refused()
        problems.extend(refused)
        status.update({'refused': refused} if refused else {})
        self._log.problems(problems)
        self._told = {**status, 'problems': problems}
        settled.append(self._status.publish(self._told))
        return self._pause(all(settled))

    def tick(self):
        """Whether something changed that asks for a round now."""
        if patroni_rest.certificate_on_disk() != self._settings.shown_certificate or self._backups.state() != self._archive:
            return True
        return self._postgresql.changed_role()

    def metrics(self):
        leads = self._leads and bool(self._told)
        found = metrics.samples(leads, self._archive, self._backups.published(), self._told)
        return metrics.text(os.environ['CLUSTER_NAME'], self._member, found).encode('utf-8')

    def _pause(self, settled):
        now = time.monotonic()
        if settled:
            self._settled_at = now
            return 1 if now - self._changed_at < AFTER_CHANGE_SECONDS else ROUND_SECONDS
        # What stays wrong (a broken ConfigMap, a PostgreSQL that does not start) is not asked for twice a second for ever.
        waited = now - max(self._settled_at, self._changed_at)
        return UNSETTLED_SECONDS if waited < 60 else 2 if waited < 600 else ROUND_SECONDS

    def _fence(self, data):
        """Tells container `database` whether this member is fenced; the list is the ConfigMap's."""
        if not self._config.object:
            return fencing.fenced(self._member)
        fenced = fencing.listed(data.get('fenced.json'), self._member)
        if patroni_config.write_file(fencing.MARK, 'yes' if fenced else 'no') and fenced:
            self._log.line('this member is fenced')
        return fenced

    def _stopped(self, answer, why):
        """Publishes why nothing runs, once nothing does; returns whether it is published."""
        self._postgresql.disconnect()
        self._leads = False
        if 'fenced' in why and (not isinstance(answer.body, dict) or answer.body.get('state') != fencing.STATE):
            return False
        self._told = {'certificate': answer.not_after, **why, 'problems': []}
        return self._status.publish(self._told)

    def _lead(self, answer):
        """/leader answers 200 to the holder of the lock alone; while it starts or is promoted it cannot be written to."""
        body = answer.body if isinstance(answer.body, dict) else {}
        leads = answer.status == 200 and body.get('role') == 'primary' and body.get('state') == 'running'
        if leads != self._leads:
            self._leads, self._changed_at = leads, time.monotonic()
            self._databases.forget()
            self._log.line('this member leads' if leads else 'this member no longer leads')

    def _own_parameters(self, data, problems):
        """Patroni's local configuration of this member; None when it is not known, and then nothing is changed."""
        if not self._config.object:
            return None
        before = len(problems)
        members = self._documents.parse(data, 'members.yaml', problems)
        leaves = not self._leads and fencing.listed(data.get('leaving.json'), self._member)
        document, wrong = patroni_config.member_document(members, self._member, leaves)
        problems.extend(wrong)
        if len(problems) > before:
            return None
        parameters = document['postgresql']['parameters']
        if parameters:
            facts = self._taken.facts()
            if facts is None:
                return None
            owned = self._documents.parse(data, 'owned.json', problems)
            problems.extend(settings_check.member_problems(self._member, parameters, facts, owned))
        return document if len(problems) == before else None

    def _apply_dcs(self, data, dcs, status, problems, taken):
        if 'dcs.yaml' not in data:
            problems.append('the ConfigMap has no key dcs.yaml')
            return True
        wrong = patroni_config.dcs_problems(dcs)
        if wrong:
            # Not YAML at all: _parse has said so.
            problems.extend(wrong if dcs is not None or not problems else [])
            return True
        facts = self._taken.facts()
        if facts is None:
            return False
        wrong = settings_check.cluster_problems(dcs, facts, self._documents.parse(data, 'owned.json', problems))
        if wrong:
            problems.extend(wrong)
            return True
        if not self._settings.apply_dcs(dcs) or not taken:
            return False
        status['config'] = sha256(data['dcs.yaml'])
        return True

    def _apply_databases(self, data, status, problems):
        before = len(problems)
        document = self._documents.parse(data, 'databases.yaml', problems)
        if 'databases.yaml' not in data or len(problems) > before:
            return True
        try:
            problems.extend(self._databases.reconcile(self._postgresql.connected(), document or {}))
        except psycopg2.Error as error:
            self._postgresql.disconnect()
            self._log.state('databases', databases.first_line(error))
            return False
        except (Unreachable, ApiError) as error:
            self._log.state('databases', 'a password cannot be read: %s' % error)
            return False
        self._log.state('databases', None)
        if len(problems) > before:
            return False
        status['databases'] = sha256(data['databases.yaml'])
        return True

    def _password(self, secret):
        encoded = (self._api.get('secrets', secret).get('data') or {}).get('password')
        return None if encoded is None else b64decode(encoded).decode('utf-8')


def scripts_version():
    """Where the mounted ConfigMap's data are; kubelet turns this link when the ConfigMap changes."""
    try:
        return os.readlink(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..data'))
    except OSError:
        return None


def main():
    signal.signal(signal.SIGTERM, linger.leave)
    log = Log()
    wake = threading.Event()
    api = Api(os.environ['POD_NAMESPACE'])
    config = Followed(api, 'configmaps', os.environ['CLUSTER_NAME'] + '-config', wake, log)
    cluster = os.environ['CLUSTER_NAME']
    agent = Agent(api, config, log, os.environ['MEMBER_NAME'], os.environ['POD_NAME'], cluster)
    LeaderRelease(api.namespace, cluster, os.environ['POD_NAME'], log)
    metrics.serve(agent.metrics)
    if os.environ.get('EXPORTER'):
        metrics.serve(metrics.of_exporter, metrics.EXPORTER_PORT)
    version = scripts_version()
    log.line('started for %s' % os.environ['MEMBER_NAME'])
    while True:
        pause = ROUND_SECONDS
        try:
            pause = agent.round()
            log.state('round', None)
        except Exception as error:  # whatever it is, the next round may go well, and a crash would only lose the state
            log.state('round', repr(error))
        until = time.monotonic() + pause
        while time.monotonic() < until and not wake.wait(min(TICK_SECONDS, max(until - time.monotonic(), 0))):
            try:
                if pause > TICK_SECONDS and agent.tick():
                    break
            except OSError as error:
                log.state('tick', repr(error))
        wake.clear()
        if scripts_version() != version:
            log.line('new scripts are mounted: the agent starts anew')
            os.execv(sys.executable, [sys.executable, *sys.argv])


if __name__ == '__main__':
    main()
