"""Makes the data of a new cluster from backups; called by Patroni where it would else run initdb.

The Secret NAME-restore says where from and how far (config/restore-source.ts). Patroni then starts PostgreSQL, which
replays WAL up to the target and is promoted; from then on the cluster is like any other. How far it is, is published
(restore_state.py); restore_watch.py goes on with that when this program has ended.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

import restore_state
import restore_wal
import unfinished
from pgbackrest_words import words

DIRECTORY = '/etc/postgres-ha/restore'
# What Patroni leaves of a bootstrap that failed (move_data_directory): a copy that nobody needs, and that would fill the volume.
LEFTOVERS = ('/pgdata/data.failed', '/pgwal/wal.failed')
PAUSE_SECONDS = 5
# A cluster that still runs archives in parallel: what is missing may be on its way.
LOOKS = 4
LINES = 12


def pgbackrest(options, *arguments):
    # Given alone, no other file is read: those in the usual place are of the new cluster's own repositories.
    file, repository = '--config=%s/pgbackrest.conf' % DIRECTORY, '--repo=%d' % options['repository']
    return ['pgbackrest', file, '--stanza=db', repository, *arguments]


def command(options, separate_wal, delta):
    kind = options['type']
    return pgbackrest(
        options,
        '--type=' + kind,
        *(['--target=' + options['target']] if options.get('target') else []),
        *(['--target-timeline=' + options['timeline']] if options.get('timeline') else []),
        *(['--target-action=promote'] if kind != 'default' else []),
        *(['--set=' + options['backup']] if options.get('backup') else []),
        *(['--delta'] if delta else []),
        *(['--link-map=pg_wal=/pgwal/wal'] if separate_wal else []),
        '--recovery-option=restore_command=' + restore_wal.get_command(pgbackrest(options)),
        '--log-level-console=detail',
        '--log-timestamp=n',
        'restore',
    )


def say(text):
    print('restore: %s' % text, flush=True)


class Failed(Exception):
    """What went wrong, for people."""


def output(options, *arguments):
    line = pgbackrest(options, '--log-level-console=off', '--log-level-stderr=warn', *arguments)
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(words(done.stderr) or 'pgbackrest %s ended with %d' % (arguments[-1], done.returncode))
    return done.stdout


class Wal:
    """What the repository has for the backup that pgBackRest chose."""

    def __init__(self, options, label):
        [stanza] = json.loads(output(options, '--output=json', 'info'))
        [self.backup] = [one for one in stanza['backup'] if one['label'] == label]
        self._options = options
        self._archive = 'archive/db/%s' % next(
            one['id'] for one in stanza['archive'] if one['database']['id'] == self.backup['database']['id']
        )

    def look(self):
        """The first gap, and the last segment of the timeline that is followed."""
        options = self._options
        timeline, first = restore_wal.numbered(self.backup['archive']['start'])
        _, stop = restore_wal.numbered(self.backup['archive']['stop'])
        names = output(options, '--recurse', 'repo-ls', self._archive).splitlines()
        target = restore_wal.followed(options.get('timeline'), options['type'], timeline, names)
        history = output(options, 'repo-get', '%s/%08X.history' % (self._archive, target)) if target != timeline else ''
        steps = restore_wal.path(first, timeline, target, history)
        gap = restore_wal.missing(names, steps, stop, options['type'], options.get('target'))
        there = restore_wal.segments(names).get(target)
        return gap, restore_wal.named(target, max(there)) if there else None

    def end(self):
        """Name of the last segment; what can't be without a gap is not begun."""
        for look in range(LOOKS):
            gap, end = self.look()
            if gap is None:
                return end
            if look < LOOKS - 1:
                time.sleep(PAUSE_SECONDS)
        if self._options.get('untilGap') and not gap['within']:
            say('%s is missing in the repository: the restore ends before it, as it is asked to' % restore_wal.lacked(gap))
            return restore_wal.before(gap)
        if gap['certain']:
            raise Failed(restore_wal.refusal(gap, self.backup['label']))
        say('%s is missing in the repository: a target behind it will not be reached' % restore_wal.lacked(gap))
        return end


def restore(options, writer):
    volume = unfinished.Volume()
    volume.begin()
    line = command(options, os.path.ismount('/pgwal'), volume.take_back())
    child = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
    last = []
    total = None
    try:
        for line in child.stdout:
            if restore_state.DETAIL in line[:16]:
                # A line a file is for nobody: the log has the others.
                percent = restore_state.PERCENT.search(line)
                if percent and total:
                    writer.set(bytes=int(total * float(percent.group(1)) / 100))
                continue
            sys.stdout.write(line)
            sys.stdout.flush()
            last = [*last, line][-LINES:]
            chosen = restore_state.SET.search(line)
            if chosen:
                total = begun(options, writer, chosen.group(1))
    except Failed:
        child.terminate()
        raise
    finally:
        code = child.wait()
    if code:
        raise Failed(words(restore_state.error(last)) or 'pgbackrest restore ended with %d' % code)


def begun(options, writer, label):
    wal = Wal(options, label)
    total = wal.backup['info']['size']
    writer.set(now=True, backup=label, total=total, bytes=0)
    writer.set(now=True, end=wal.end())
    return total


def given():
    """What is to be restored, and a digest of it: something else is another try."""
    texts = []
    for name in ('options.json', 'pgbackrest.conf'):
        with open(os.path.join(DIRECTORY, name), encoding='utf-8') as file:
            texts.append(file.read())
    return json.loads(texts[0]), hashlib.sha256('\n'.join(texts).encode('utf-8')).hexdigest()[:16]


def wait_for_another(digest):
    """A recovery that failed fails again: to copy everything once more would be for nothing."""
    say('the recovery has failed, and is not tried again: give another target, or delete the pod to try this one once more')
    while given()[1] == digest:
        time.sleep(PAUSE_SECONDS)


def main():
    if sys.argv[1:2] == ['done']:
        # Called by Patroni once PostgreSQL is promoted, before anybody may write.
        return unfinished.Volume().done()
    try:
        options, digest = given()
    except OSError as error:
        sys.exit('restore: the Secret that says what to restore is not mounted: %s' % error)
    before = restore_state.read()
    if before.get('digest') == digest and before.get('during') == 'replay':
        wait_for_another(digest)
        options, digest = given()
    tries = before.get('tries', 0) if before.get('digest') == digest else 0
    for path in LEFTOVERS:
        shutil.rmtree(path, ignore_errors=True)
    writer = restore_state.Writer({'digest': digest, 'phase': 'files', 'tries': tries + 1})
    writer.set(now=True)
    try:
        restore(options, writer)
    except Failed as failure:
        writer.set(now=True, phase='failed', during='files', problem=str(failure))
        sys.exit('restore: %s' % failure)
    writer.set(now=True, phase='replay', bytes=writer.state.get('total'))
    watch = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'restore_watch.py')
    # It outlives this program: Patroni starts PostgreSQL when this one has ended.
    subprocess.Popen([sys.executable, watch, options['type']], start_new_session=True)


if __name__ == '__main__':
    main()
