"""Whether WAL arrives in every repository, seen from the primary's pod. What is found goes to a file that the agent
publishes: per repository `ok`, or what is wrong in pgBackRest's own words; and WAL that a repository has lost."""
import glob
import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import psycopg2

import archive_gaps
from archive_handover import Handover
from backup_report import report
from pgbackrest_words import NO_REASON, words

STATE = '/run/postgresql/pgbackrest.json'
# Kubelet turns this link when the volume's content changes.
CONFIGURATION = '/etc/pgbackrest/..data'
SOCKET = 'host=/run/postgresql user=postgres dbname=postgres application_name=pgbackrest-watch connect_timeout=3'
ARCHIVER = """
SELECT pg_catalog.pg_is_in_recovery(), last_failed_time IS NOT NULL
  AND last_failed_time OPERATOR(pg_catalog.>) COALESCE(last_archived_time, '-infinity')
FROM pg_catalog.pg_stat_archiver
"""
# Another command of this stanza is at work; it passes.
LOCKED = 50
STANZA_SECONDS = 120
CHECK_SECONDS = 90
PROBE_SECONDS = 30
INFORMATION_SECONDS = 60
# `check` makes a segment of WAL each time that it comes as far as that; so it is not tried for ever at one pace.
MOST_PAUSE_SECONDS = 60
QUEUE = re.compile(r'^archive-push-queue-max=(\d+)MiB$', re.M)
SPOOL = re.compile(r'^spool-path=(.*)$', re.M)
# A directory of the archive, which is of one major version and one number of the data; a file of a whole segment in it.
ARCHIVE = re.compile(r'^[\d.]+-\d+$')
WHOLE = re.compile(r'^[0-9A-F]{24}-')


class ArchiveWatch:
    def __init__(self, repositories, say):
        self._repositories, self._say = repositories, say
        self._connection = None
        self._written = self._version = None
        self._handover = Handover(say, lambda number: room(dict(repositories())[number]))
        self._begin()

    def _begin(self):
        """Nothing is known of the archive of a member that begins to lead."""
        self._found, self._gaps, self._proved, self._tries = {}, {}, set(), {}
        self._next_information = 0
        self._handover.begin()

    def round(self):
        """Looks once; returns whether all is well. A standby is to be asked often: when it begins to lead, WAL may have to be held."""
        try:
            in_recovery, failing = self._row()
        except psycopg2.Error:
            self._connection = None
            return False
        if in_recovery:
            self._begin()
            self._write()
            return False
        self._take_up()
        # At once, so that a repository which does not answer does not hide the state of another.
        with ThreadPoolExecutor(max_workers=4) as pool:
            looks = {pool.submit(self._look, *one, failing): one[0] for one in self._repositories()}
            for look in as_completed(looks):
                self._tell(looks[look], look.result())
        self._look_for_gaps()
        return bool(self._found) and all(found == 'ok' for found in self._found.values())

    def _take_up(self):
        """With other keys the next try is not put off."""
        version = os.readlink(CONFIGURATION)
        if version != self._version:
            self._version, self._tries = version, {}

    def _look(self, number, directory, failing):
        """`ok`, what is wrong, or None while there is nothing new to say."""
        self._handover.look(number, lambda timelines, seconds: archived(directory, timelines, seconds))
        if number not in self._proved:
            return self._prove(number, directory)
        if not failing:
            return 'ok'
        # While WAL waits nothing more is made: what the archiver met last is in the spool.
        found = error_in(os.path.join(spool(directory), 'archive', 'db', 'out'))
        if found is None:
            code, text = probe(directory)
            found = text if code else None
        if found is None and len(self._repositories()) == 1:
            found = 'archive_command fails: see the log of PostgreSQL'
        return found or 'ok'

    def _prove(self, number, directory):
        """Once for each repository that this member begins to lead with: that WAL really arrives."""
        tries, not_before = self._tries.get(number, (0, 0))
        if time.monotonic() < not_before:
            return None
        code, text = run(directory, 'stanza-create', STANZA_SECONDS)
        if not code:
            code, text = run(directory, 'check', CHECK_SECONDS, '--archive-timeout=30')
        if not code:
            self._proved.add(number)
            return 'ok'
        if NO_REASON in text:
            refused, reason = probe(directory)
            text = reason if refused else text
        self._tries[number] = (tries + 1, time.monotonic() + min(2**tries, MOST_PAUSE_SECONDS))
        return None if code == LOCKED else text

    def _tell(self, number, found):
        if found is None:
            return
        if found != self._found.get(number):
            self._say('repository %s: %s' % (number, found))
        self._found[number] = found
        self._write()

    def _look_for_gaps(self):
        """What was let go stays noted until a backup has begun after it."""
        self._gaps = {number: gap for number, _ in self._repositories() if (gap := archive_gaps.noted(number))}
        self._write()
        if not self._gaps or time.monotonic() < self._next_information:
            return
        self._next_information = time.monotonic() + INFORMATION_SECONDS
        for number, directory in self._repositories():
            gap = self._gaps.get(number)
            if gap and archive_gaps.closed(gap, backups_in(directory)):
                self._say('repository %s: a backup begins after WAL %s, which it lacks' % (number, gap['to']))
                archive_gaps.forget(number)

    def _row(self):
        if self._connection is None or self._connection.closed:
            self._connection = psycopg2.connect(SOCKET)
            self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute(ARCHIVER)
            return cursor.fetchone()

    def _write(self):
        found = {**({'archive': self._found} if self._found else {}), **({'gaps': self._gaps} if self._gaps else {})}
        text = json.dumps(found, sort_keys=True)
        if text == self._written:
            return
        new = STATE + '.new'
        with open(new, 'w', encoding='utf-8') as file:
            file.write(text)
        os.replace(new, STATE)
        self._written = text


def probe(directory):
    """By a GET: to a HEAD, with which most commands begin, S3 gives no reason when it refuses."""
    return run(directory, 'repo-get', PROBE_SECONDS, arguments=('archive/db/archive.info',))


def spool(directory):
    return SPOOL.search(configuration(directory)).group(1)


def room(directory):
    """How many segments of 16 MiB may wait for the repository."""
    return int(QUEUE.search(configuration(directory)).group(1)) // 16


def configuration(directory):
    with open(os.path.join(directory, 'pgbackrest.conf'), encoding='utf-8') as file:
        return file.read()


def error_in(out):
    """The newest error of pgBackRest's asynchronous push: a code and its words (reference, spool-path)."""
    newest = max(glob.glob(os.path.join(out, '*.error')), key=modified, default=None)
    try:
        with open(newest or '', encoding='utf-8') as file:
            return words(file.read().partition('\n')[2]) or None
    except OSError:
        return None


def modified(path):
    try:
        return os.path.getmtime(path)
    except OSError:
        return 0


def backups_in(directory):
    """Of a repository, or none when it does not answer."""
    code, text = run(directory, 'info', CHECK_SECONDS, '--output=json', output=True)
    return [] if code else report(json.loads(text or '[]'))['backups']


def archived(directory, timelines, seconds):
    """Segments in the last directories of these time lines; None when the repository does not answer in time."""
    code, names = listed(directory, 'archive/db', seconds)
    ids = [name for name in names if ARCHIVE.match(name)]
    if code or not ids:
        return None if code else set()
    archive = 'archive/db/' + max(ids, key=lambda name: int(name.rsplit('-', 1)[1]))
    code, directories = listed(directory, archive, seconds)
    last = [max((one for one in directories if one.startswith(timeline)), default=None) for timeline in timelines]
    found = []
    for one in filter(None, last):
        more, names = listed(directory, '%s/%s' % (archive, one), seconds)
        code, found = code or more, found + names
    return None if code else {name[:24] for name in found if WHOLE.match(name)}


def listed(directory, path, seconds):
    code, text = run(directory, 'repo-ls', seconds, arguments=(path,), output=True)
    return code, [] if code else text.splitlines()


def run(directory, command, seconds, *options, arguments=(), output=False):
    """The exit code of pgBackRest, and its words on one line, or its output."""
    line = [
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
        *arguments,
    ]
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return 124, 'pgbackrest %s did not end in %d s' % (command, seconds)
    if output:
        return done.returncode, done.stdout
    return done.returncode, words(done.stderr) or 'pgbackrest %s ended with %d' % (command, done.returncode)
