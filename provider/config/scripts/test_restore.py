"""Restores the newest backup of one repository for trial, in a Job: what no checksum proves, a restore does.

The files come from the repository to a volume of the Job's own; PostgreSQL starts on them, reachable by nobody, replays
WAL to the end of the archive and answers the user's query. What is found goes to ConfigMap CLUSTER-backups, key
test-restore-repoN.json; the files are removed.
"""
import os
import shutil
import signal
import subprocess
import sys
import time

import psycopg2

from published import shortened
from repository_job import backups, pgbackrest, publish, say

ROOT = '/restore'
DATA = ROOT + '/data'
SOCKET = '/tmp'
HBA = SOCKET + '/test-restore-hba.conf'
LOG = SOCKET + '/test-restore.log'
# What the backup's own configuration says and a trial must not do: archive, listen, take part in replication, run jobs.
# Without hot_standby, recovery does not ask for as many connections as the primary has.
SETTINGS = {
    'listen_addresses': '',
    'unix_socket_directories': SOCKET,
    'hba_file': HBA,
    'ident_file': '/dev/null',
    'ssl': 'off',
    'archive_mode': 'off',
    'hot_standby': 'off',
    'shared_preload_libraries': '',
    'max_logical_replication_workers': '0',
    'shared_buffers': '64MB',
    'huge_pages': 'off',
    'logging_collector': 'off',
    'log_destination': 'stderr',
    'default_transaction_read_only': 'on',
}
TIMES = """
SELECT extract(epoch FROM pg_catalog.pg_last_xact_replay_timestamp())::bigint,
  (SELECT pg_catalog.sum(pg_catalog.pg_database_size(oid))::bigint FROM pg_catalog.pg_database)
"""


class Failed(Exception):
    """What went wrong, for people."""


def newest(repository):
    found = backups(repository)
    if not found:
        raise Failed('repository %s has no backup' % repository)
    return found[-1]


def restored(repository, label):
    done = subprocess.run(
        pgbackrest('--repo=%s' % repository, '--set=' + label, '--archive-mode=off',
                   '--tablespace-map-all=%s/tablespaces' % ROOT, '--log-level-console=info', 'restore'),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed('pgbackrest restore ended with %d: %s' % (done.returncode, shortened(done.stderr)))


def server():
    with open(os.path.join(DATA, 'PG_VERSION'), encoding='ascii') as file:
        version = file.read().strip()
    with open(HBA, 'w', encoding='ascii') as file:
        file.write('local all all trust\n')
    settings = [part for name, value in SETTINGS.items() for part in ('-c', '%s=%s' % (name, value))]
    log = open(LOG, 'w', encoding='utf-8')
    return subprocess.Popen(['/usr/lib/postgresql/%s/bin/postgres' % version, '-D', DATA, *settings], stdout=log, stderr=log)


def connected(process, database):
    """A connection once recovery has ended. Replay takes as long as there is WAL."""
    while True:
        try:
            connection = psycopg2.connect(host=SOCKET, user='postgres', dbname=database, connect_timeout=5)
            connection.autocommit = True
            return connection
        except psycopg2.OperationalError as error:
            if process.poll() is not None:
                raise Failed('PostgreSQL ended with %d: %s' % (process.returncode, log_end())) from error
            # Its messages are translated nowhere: the image has the locale C. Any other refusal is a finding.
            if not any(words in str(error) for words in ('starting up', 'accepting connections', 'No such file', 'refused')):
                raise Failed(shortened(str(error))) from error
        time.sleep(0.5)


def log_end():
    with open(LOG, encoding='utf-8', errors='replace') as file:
        return shortened(' '.join(file.read().splitlines()[-8:]))


def answers(process, found):
    with connected(process, 'postgres') as connection, connection.cursor() as cursor:
        cursor.execute(TIMES)
        replayed, size = cursor.fetchone()
    found['databaseBytes'] = size
    # Nothing was committed after the backup: the data are of its end.
    found['dataTime'] = replayed or found['backupStop']
    query = os.environ.get('QUERY')
    if not query:
        return
    try:
        with connected(process, os.environ['DATABASE']) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone() if cursor.description else None
    except psycopg2.Error as error:
        raise Failed('the query failed: %s' % shortened(str(error))) from error
    if row is None or row[0] is None or row[0] is False:
        raise Failed('the query gave %s' % ('no row' if row is None else 'null' if row[0] is None else 'false'))
    found['answer'] = shortened(str(row[0]))[:200]


def trial(repository, found):
    backup = newest(repository)
    found.update(backup=backup['label'], backupStop=backup['timestamp']['stop'])
    say('backup %s' % backup['label'])
    begun = time.monotonic()
    restored(repository, backup['label'])
    found['restoreSeconds'] = round(time.monotonic() - begun, 1)
    begun = time.monotonic()
    process = server()
    try:
        answers(process, found)
        found['replaySeconds'] = round(time.monotonic() - begun, 1)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait()
        sys.stderr.write(open(LOG, encoding='utf-8', errors='replace').read())


def main():
    repository = os.environ['REPOSITORY']
    started = time.time()
    found = {'ok': False}
    os.makedirs(DATA, mode=0o700, exist_ok=True)
    try:
        trial(repository, found)
        found['ok'] = True
    except Failed as error:
        found['problem'] = str(error)
        say(str(error))
    found.update(at=int(time.time()), seconds=round(time.time() - started))
    shutil.rmtree(DATA, ignore_errors=True)
    published = publish('test-restore-repo%s.json' % repository, found)
    say('well' if found['ok'] else 'failed')
    return 0 if found['ok'] and published else 1


if __name__ == '__main__':
    sys.exit(main())
