"""Whether WAL arrives in every repository, seen from the primary's pod. What is found goes to a file that the agent
publishes: per repository `ok`, or what is wrong in pgBackRest's own words."""
import json
import os
import re
import subprocess

import psycopg2

STATE = '/run/postgresql/pgbackrest.json'
SOCKET = 'host=/run/postgresql user=postgres dbname=postgres application_name=pgbackrest-watch connect_timeout=3'
ARCHIVER = """
SELECT pg_catalog.pg_is_in_recovery(), last_failed_time IS NOT NULL
  AND last_failed_time OPERATOR(pg_catalog.>) COALESCE(last_archived_time, '-infinity'), last_archived_wal
FROM pg_catalog.pg_stat_archiver
"""
# Another command of this stanza is at work; it passes.
LOCKED = 50
STANZA_SECONDS = 120
CHECK_SECONDS = 90
STAMP = re.compile(r'^\S+ \S+ P\d+\s+(?:ERROR|WARN): ', re.M)


class ArchiveWatch:
    def __init__(self, repositories, say):
        self._repositories, self._say = repositories, say
        self._connection = None
        self._found = {}
        self._written = None

    def round(self):
        """Looks once; returns whether all is well, or there is nothing to look after here."""
        try:
            in_recovery, failing, _ = self._row()
        except psycopg2.Error:
            self._connection = None
            return False
        if in_recovery:
            self._found = {}
            self._write()
            return True
        for number, directory in self._repositories():
            before = self._found.get(number)
            if before == 'ok' and not failing:
                continue
            found = self._look(number, directory, before)
            if found is not None:
                self._found[number] = found
            if found != before and found is not None:
                self._say('repository %s: %s' % (number, found))
            self._write()
        return bool(self._found) and all(found == 'ok' for found in self._found.values())

    def _look(self, number, directory, before):
        """`ok`, what is wrong, or None while that is not known yet."""
        if before is None:
            code, text = run(directory, 'stanza-create', STANZA_SECONDS)
            if code:
                return None if code == LOCKED else text
        code, text = run(directory, 'check', CHECK_SECONDS, '--archive-timeout=30')
        if not code:
            return 'ok'
        if code == LOCKED:
            return None
        # An absent stanza is made in the next round: the repository may have been away when it was to be made.
        if 'stanza-create' in text:
            self._found.pop(number, None)
        return text

    def _row(self):
        if self._connection is None or self._connection.closed:
            self._connection = psycopg2.connect(SOCKET)
            self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute(ARCHIVER)
            return cursor.fetchone()

    def _write(self):
        text = json.dumps(self._found, sort_keys=True)
        if text == self._written:
            return
        new = STATE + '.new'
        with open(new, 'w', encoding='utf-8') as file:
            file.write(text)
        os.replace(new, STATE)
        self._written = text


def run(directory, command, seconds, *options):
    arguments = [
        'pgbackrest',
        '--config=%s/pgbackrest.conf' % directory,
        '--config-include-path=%s/conf.d' % directory,
        '--stanza=db',
        '--log-level-console=off',
        '--log-level-stderr=warn',
        '--log-timestamp=n',
        '--io-timeout=15',
        *options,
        command,
    ]
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return 124, 'pgbackrest %s did not end in %d s' % (command, seconds)
    return done.returncode, cleaned(done.stderr) or 'pgbackrest %s ended with %d' % (command, done.returncode)


def cleaned(text):
    """pgBackRest's message on one line, without time and process, short enough for an annotation."""
    lines = [re.sub(r'^P\d+\s+(ERROR|WARN): ', '', line.strip()) for line in text.splitlines() if line.strip()]
    return '; '.join(lines)[:1000]
