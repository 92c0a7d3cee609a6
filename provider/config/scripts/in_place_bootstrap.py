"""Called by Patroni for a restore in place (in_place.py): without argument in place of initdb, to install the restored files;
with `done` once PostgreSQL has recovered and is promoted, before Patroni lets anybody write."""
import os
import subprocess
import sys

import in_place
import in_place_intent
import restore_state


def watch(intent):
    """Tells where the recovery is, and what it waits for: as of a new cluster (bootstrap_restore.py), but said to be of this one."""
    state = {'phase': 'replay', 'backup': intent.get('backup'), 'inPlace': in_place_intent.attempt(intent)}
    restore_state.Writer({}).set(now=True, **state)
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'restore_watch.py')
    # Patroni starts PostgreSQL when this program has ended.
    subprocess.Popen([sys.executable, program, intent['type']], start_new_session=True)


def main():
    found = in_place.pending()
    if found is None:
        sys.exit('restore: there is no restore in place to go on with')
    intent, volume = found
    if sys.argv[1:2] == ['done']:
        volume.finish()
    else:
        volume.install()
        watch(intent)


if __name__ == '__main__':
    main()
