"""The PostgreSQL of this pod, as its agent sees it."""
import psycopg2

import databases
from settings_taken import SETTINGS, of_recovery

RECOVERY = 'SELECT pg_catalog.pg_is_in_recovery()'
SYSTEM = 'SELECT system_identifier::text FROM pg_catalog.pg_control_system()'


class Postgresql:
    def __init__(self, log):
        self._log = log
        self._connection = None
        # None while it does not answer.
        self.in_recovery = None

    def ask(self, names, status):
        """Puts what is published of it into `status`; `names` are the parameters that are; returns whether it answers."""
        try:
            connection = self.connected()
            self.in_recovery = databases.rows(connection, RECOVERY)[0][0]
            settings = databases.rows(connection, SETTINGS)
            status['systemIdentifier'] = databases.rows(connection, SYSTEM)[0][0]
        except psycopg2.Error as error:
            self.disconnect()
            self._log.state('postgresql', 'not available: %s' % databases.first_line(error))
            return False
        self._log.state('postgresql', None)
        # After a restore the primary still has what it was restored with; it means nothing until the next start.
        settings = [(name, value, waits and not of_recovery(name)) for name, value, waits in settings]
        status['pendingRestart'] = [name for name, _, waits in settings if waits]
        status['running'] = {name: value for name, value, waits in settings if waits or name.lower() in names}
        return True

    def changed_role(self):
        """Whether it is no longer what it was when it was last asked."""
        before = self.in_recovery
        try:
            return databases.rows(self.connected(), RECOVERY)[0][0] != before
        except psycopg2.Error:
            self.disconnect()
            return before is not None

    def connected(self):
        # Kept open: a new connection each time costs more CPU, and a line of log where log_connections is on.
        if self._connection is None or self._connection.closed:
            self._connection = databases.connect()
        return self._connection

    def disconnect(self):
        self.in_recovery = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
