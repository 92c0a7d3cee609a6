"""PgBouncer's console, and what is known of a pause: the file outlives whoever asked for it."""
import json
import os
import subprocess

CONFIGURATION = '/etc/pgbouncer/pgbouncer.ini'
SOCKET = '/tmp'
MARK = '/tmp/pause.json'


class Failed(Exception):
    pass


def command(text, seconds=5):
    """PgBouncer lets its own operating system user in as "pgbouncer", by the socket alone (doc/config.md, admin_users)."""
    psql = ['psql', '-XAtq', '-h', SOCKET, '-U', 'pgbouncer', '-d', 'pgbouncer', '-c', text]
    try:
        done = subprocess.run(psql, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Failed('%s did not end within %d s' % (text, seconds)) from None
    if done.returncode != 0:
        raise Failed('%s: %s' % (text, ' '.join(done.stderr.split())))
    return done.stdout


def holds_sessions():
    """In session mode a pause would wait until clients go by themselves."""
    with open(CONFIGURATION, encoding='utf-8') as file:
        return 'pool_mode = session' in file.read().split('\n')


def pause(until, seconds, primary):
    """`until`: in seconds since 1970, when it ends whatever happens; `primary`: the identity of the one that changes. Fails
    where transactions go on for `seconds`, and then nothing is paused."""
    if holds_sessions():
        raise Failed('in session mode clients keep their connections, and lose them now')
    with open(MARK + '.new', 'w', encoding='utf-8') as file:
        json.dump({'until': until, 'primary': primary}, file)
    os.rename(MARK + '.new', MARK)
    try:
        command('PAUSE', seconds)
    except Failed:
        # The console's command was given up, what it had begun was not.
        resume()
        raise


def resume():
    if paused() is None:
        return
    command('RESUME')
    forget()


def paused():
    """{'until', 'primary'}, or None."""
    try:
        with open(MARK, encoding='utf-8') as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def forget():
    if os.path.exists(MARK):
        os.remove(MARK)
