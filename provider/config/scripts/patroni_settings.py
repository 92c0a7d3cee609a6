"""Brings Patroni up to date: its settings in the DCS (leader only), its own file of this member, its certificate."""
import os
import time

import yaml

import patroni_config
import patroni_rest

# Not every change of settings makes PostgreSQL read its files; after this time it won't.
NO_RELOAD_SECONDS = 10

# A reload takes Patroni more than a second (postgresql/config.py, reload_config sleeps for PostgreSQL).
RELOAD_SECONDS = 3


class PatroniSettings:
    def __init__(self, member, log):
        self._member, self._log = member, log
        self._reloaded_at = -RELOAD_SECONDS
        self._file_taken_up = True
        self._patched_at = None
        self.shown_certificate = None

    def apply_dcs(self, wanted):
        """Makes the settings in the DCS equal to `wanted`; returns whether they are."""
        try:
            answer = patroni_rest.call('GET', '/config')
            if answer.status == 200 and isinstance(answer.body, dict):
                patch = patroni_config.difference(answer.body, patroni_config.keep_pause(answer.body, wanted))
                if not patch:
                    return True
                # PATCH wakes Patroni's loop at once and is refused when somebody else was first; PUT does neither.
                told = 'PATCH of %s' % ', '.join(sorted(patch))
                answer = patroni_rest.call('PATCH', '/config', patch, timeout=10)
            else:
                told, patch = 'PUT', wanted
                answer = patroni_rest.call('PUT', '/config', wanted, timeout=10)
        except patroni_rest.Down as error:
            self._log.state('settings in the DCS', str(error))
            return False
        if answer.status != 200:
            self._log.state('settings in the DCS', '%s was answered with %d' % (told, answer.status))
            return False
        self._log.state('settings in the DCS', None)
        self._log.line('settings in the DCS: %s' % told)
        # Taken up only when PostgreSQL has read it, for only then it says what it does not take.
        self._patched_at = time.time() if 'postgresql' in patch else None
        return False

    def reload_due(self, loaded_at):
        """Whether PostgreSQL, which has read its files at `loaded_at`, has still to read the settings of the last PATCH."""
        if self._patched_at is None:
            return False
        if loaded_at < self._patched_at and time.time() - self._patched_at < NO_RELOAD_SECONDS:
            return True
        self._patched_at = None
        return False

    def apply_member(self, document):
        """Writes this member's own parameters; returns whether Patroni has them."""
        if not os.path.isdir(patroni_config.DIRECTORY):
            # Patroni was started without scripts/start.py, or container `database` has not started yet.
            return not document['postgresql']['parameters']
        path = os.path.join(patroni_config.DIRECTORY, patroni_config.MEMBER_FILE)
        if patroni_config.write_file(path, yaml.safe_dump(document, allow_unicode=True)):
            self._log.line('the own parameters of %s changed: reload' % self._member)
            self._file_taken_up = False
        if not self._file_taken_up:
            self._file_taken_up = self._reload()
        return self._file_taken_up

    def check_certificate(self, answer):
        """Reloads until Patroni's server shows the mounted certificate; returns whether it does. Patroni reads it anew
        only when told (api.py, reload_local_certificate), and the same reload sends PostgreSQL its SIGHUP. A reload
        together with another change of Patroni's files passes the certificate over (__main__.py, reload_config:
        `local or sighup and …`): hence by comparison, not by event."""
        self.shown_certificate = answer.certificate
        if answer.certificate == patroni_rest.certificate_on_disk():
            self._log.state('certificate', None)
            return True
        self._log.state('certificate', 'the mounted one is not yet the one shown: reload')
        self._reload()
        return False

    def _reload(self):
        if time.monotonic() - self._reloaded_at < RELOAD_SECONDS:
            return False
        self._reloaded_at = time.monotonic()
        try:
            answer = patroni_rest.call('POST', '/reload', {})
        except patroni_rest.Down:
            return False
        if answer.status != 202:
            self._log.line('reload: Patroni answers %d: %s' % (answer.status, answer.body))
        return answer.status == 202
