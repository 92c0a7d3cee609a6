"""Data on a member's volume that a copy left unfinished: its pod was deleted in the middle, its node lost, its process killed.

To a Patroni that starts and finds them they are a database like any other, or one that is broken (ha.py, _run_cycle). Of a
new cluster's restore it would run what is there, without the target, and promote it; a replica's half copy it would leave as
it is for ever. So the start of the container moves them aside before Patroni looks: it begins anew, and the next copy takes
what is there already (pgBackRest's --delta).

    /pgdata/restoring        from before the first file of a new cluster's restore until it has recovered and is promoted
    /pgdata/data.unfinished  what was moved aside
"""
import os
import time

from in_place_files import DATA, filled, remove
from kubernetes_api import Api, ApiError, Unreachable

# By these pgBackRest and pg_basebackup begin; both write pg_control last.
BEGUN = ('backup.manifest', 'backup_label')
RETRY_SECONDS = 2


class Volume:
    def __init__(self, data=DATA):
        self._data, self._aside = data, data + '.unfinished'
        self._mark = os.path.join(os.path.dirname(data), 'restoring')

    def set_aside(self, is_initialised):
        """Before Patroni starts. `is_initialised` tells whether there is a cluster; it is asked only where a restore had begun."""
        if os.path.exists(self._mark) and is_initialised() and not self._recovers():
            # Whoever made the cluster: what is here now belongs to it.
            self.done()
        if not filled(self._data):
            return False
        if not os.path.exists(self._mark) and not self._half_copied():
            return False
        remove(self._aside)
        os.rename(self._data, self._aside)
        return True

    def _recovers(self):
        """Of a restore that has not come to its end; another member may have made the cluster meanwhile, from something else."""
        return os.path.exists(os.path.join(self._data, 'recovery.signal'))

    def _half_copied(self):
        there = os.listdir(self._data)
        has_control = os.path.exists(os.path.join(self._data, 'global', 'pg_control'))
        return not has_control and any(name in there for name in BEGUN)

    def begin(self):
        """Before the first file of a new cluster is copied."""
        with open(self._mark, 'w', encoding='ascii'):
            pass
        os.sync()

    def take_back(self):
        """Returns whether there is something that the copy can go on with."""
        if os.path.isdir(self._aside) and not filled(self._data):
            remove(self._data)
            os.rename(self._aside, self._data)
            # Nothing runs on it.
            remove(os.path.join(self._data, 'postmaster.pid'))
        remove(self._aside)
        return filled(self._data)

    def done(self):
        remove(self._mark)
        os.sync()


def is_initialised():
    """Whether Patroni has made a cluster here: the identifier of its data is in its own Endpoints. Waits for an answer."""
    api, name = Api(os.environ['POD_NAMESPACE']), os.environ['CLUSTER_NAME'] + '-config'
    while True:
        try:
            return bool((api.get('endpoints', name)['metadata'].get('annotations') or {}).get('initialize'))
        except ApiError as error:
            if error.status == 404:
                return False
            print('start: %s' % error, flush=True)
        except Unreachable as error:
            print('start: %s' % error, flush=True)
        time.sleep(RETRY_SECONDS)
