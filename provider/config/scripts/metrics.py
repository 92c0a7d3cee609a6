"""The cluster and its backups as Prometheus metrics (text format 0.0.4), served by the agent on port 8009. Pure but for what serves.

Only the leader's agent knows those of backups. Nothing secret is among them.

With an exporter in the pod the agent also serves what it measures, on port 9187: its own port is for the pod alone, since it has
no password and connects, by /probe, to wherever it is told (exporter 0.19, cmd/postgres_exporter/probe.go).
"""
import datetime
import http.server
import json
import threading
import urllib.request

import archive_gaps
from published import document

PORT = 8009
EXPORTER_PORT = 9187
EXPORTER = 'http://127.0.0.1:19187/metrics'
EXPORTER_SECONDS = 15
HELP = {
    'postgres_ha_leader': 'Whether this member leads.',
    'postgres_ha_fenced': 'Whether this member is fenced: nothing runs in it.',
    'postgres_ha_problems': 'What is wrong with settings, users and databases; `pgha status` has the words.',
    'postgres_ha_pending_restart': 'Settings that wait for a restart of PostgreSQL.',
    'postgres_ha_certificate_expiry_timestamp_seconds': 'When the certificate that this member shows ends.',
    'postgres_ha_archive_ok': 'Whether WAL arrives in the repository.',
    'postgres_ha_archive_gaps': 'Gaps in the WAL of the repository that no backup has closed.',
    'postgres_ha_backup_last_success_timestamp_seconds': 'When the newest backup of the type ended.',
    'postgres_ha_backup_size_bytes': 'Size of the database in the newest backup of the type.',
    'postgres_ha_backup_added_bytes': 'What the newest backup of the type added to the repository.',
    'postgres_ha_backups': 'Backups in the repository.',
    'postgres_ha_verify_ok': 'Whether the last verification of the repository found nothing wrong.',
    'postgres_ha_verify_timestamp_seconds': 'When the last verification ended.',
    'postgres_ha_test_restore_ok': 'Whether the last test restore went well.',
    'postgres_ha_test_restore_timestamp_seconds': 'When the last test restore ended.',
    'postgres_ha_test_restore_duration_seconds': 'How long the last test restore took.',
    'postgres_ha_test_restore_data_timestamp_seconds': 'Of the last transaction that the last test restore brought back.',
}


def samples(leads, state, published, status):
    """(name, labels, value) of everything that is known; `status` is what the agent published last."""
    yield 'postgres_ha_leader', {}, int(leads)
    yield from member_samples(status)
    if not leads:
        return
    for number, found in sorted((state.get('archive') or {}).items()):
        yield 'postgres_ha_archive_ok', {'repository': number}, int(found == 'ok')
    gaps = document(published, archive_gaps.KEY)
    for key in sorted(published):
        if not (key.startswith('repo') and key.endswith('.json')):
            continue
        number = key[len('repo') : -len('.json')]
        backups = document(published, key).get('backups') or []
        yield from backup_samples(number, backups)
        left = [gap for gap in gaps.get(number, []) if not archive_gaps.closed(gap, backups)]
        yield 'postgres_ha_archive_gaps', {'repository': number}, len(left)
        yield from proof_samples(number, published)


def member_samples(status):
    if status:
        yield 'postgres_ha_fenced', {}, int(status.get('fenced', False))
    if 'problems' in status:
        yield 'postgres_ha_problems', {}, len(status['problems'])
    if 'pendingRestart' in status:
        yield 'postgres_ha_pending_restart', {}, len(status['pendingRestart'])
    if status.get('certificate'):
        moment = datetime.datetime.fromisoformat(status['certificate'].replace('Z', '+00:00'))
        yield 'postgres_ha_certificate_expiry_timestamp_seconds', {}, int(moment.timestamp())


def backup_samples(number, backups):
    yield 'postgres_ha_backups', {'repository': number}, len(backups)
    newest = {one['type']: one for one in backups if not one.get('error')}
    for kind, one in sorted(newest.items()):
        labels = {'repository': number, 'type': kind}
        yield 'postgres_ha_backup_last_success_timestamp_seconds', labels, one['stop']
        yield 'postgres_ha_backup_size_bytes', labels, one.get('databaseBytes', 0)
        yield 'postgres_ha_backup_added_bytes', labels, one.get('addedBytes', 0)


def proof_samples(number, published):
    labels = {'repository': number}
    verification = document(published, 'verify-repo%s.json' % number)
    if verification:
        yield 'postgres_ha_verify_ok', labels, int(verification.get('ok', False))
        yield 'postgres_ha_verify_timestamp_seconds', labels, verification.get('at', 0)
    trial = document(published, 'test-restore-repo%s.json' % number)
    if trial:
        yield 'postgres_ha_test_restore_ok', labels, int(trial.get('ok', False))
        yield 'postgres_ha_test_restore_timestamp_seconds', labels, trial.get('at', 0)
        yield 'postgres_ha_test_restore_duration_seconds', labels, trial.get('seconds', 0)
        if trial.get('dataTime'):
            yield 'postgres_ha_test_restore_data_timestamp_seconds', labels, trial['dataTime']


def text(cluster, member, found):
    """In the order of HELP, each metric with its help once."""
    by_name = {}
    for name, labels, value in found:
        by_name.setdefault(name, []).append((labels, value))
    lines = []
    for name, meaning in HELP.items():
        if name not in by_name:
            continue
        lines += ['# HELP %s %s' % (name, meaning), '# TYPE %s gauge' % name]
        for labels, value in by_name[name]:
            pairs = {'cluster': cluster, 'member': member, **labels}
            lines.append('%s{%s} %s' % (name, ','.join('%s=%s' % (key, json.dumps(of)) for key, of in pairs.items()), value))
    return '\n'.join(lines) + '\n'


def of_exporter():
    with urllib.request.urlopen(EXPORTER, timeout=EXPORTER_SECONDS) as answer:
        return answer.read()


def serve(render, port=PORT):
    """GET /metrics and nothing else, in a thread of its own. `render` gives bytes; what it can't give is 503."""

    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self):
            status, body = 404, b''
            if self.path.split('?')[0] == '/metrics':
                try:
                    status, body = 200, render()
                except OSError:
                    status = 503
            self.send_response(status)
            self.send_header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """A scrape a minute is no news."""

    server = http.server.ThreadingHTTPServer(('', port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
