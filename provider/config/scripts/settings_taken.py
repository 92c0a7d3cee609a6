"""What PostgreSQL says of its settings: which there are, and which of those in its files it does not take."""
import psycopg2

import databases
from settings_check import Fact

SETTINGS = """
SELECT name, pg_catalog.current_setting(name), pending_restart FROM pg_catalog.pg_settings
WHERE pending_restart OR context OPERATOR(pg_catalog.=) 'postmaster' ORDER BY name
"""
FACTS = 'SELECT name, context, vartype, unit, min_val, max_val, enumvals FROM pg_catalog.pg_settings'
# Parameters that only a restart changes have an error too while they wait for it, also those that were taken out of the
# file, which have no row of their own; that is no refusal.
FILES = """
SELECT f.name, f.setting, f.error FROM pg_catalog.pg_file_settings f LEFT JOIN pg_catalog.pg_settings s ON s.name = f.name
WHERE f.error IS NOT NULL AND s.context IS DISTINCT FROM 'postmaster'
  AND f.error NOT LIKE '% without restarting %'
ORDER BY f.seqno
"""
RULES = 'SELECT line_number, error FROM pg_catalog.pg_hba_file_rules WHERE error IS NOT NULL ORDER BY line_number'
MAPS = 'SELECT line_number, error FROM pg_catalog.pg_ident_file_mappings WHERE error IS NOT NULL ORDER BY line_number'
LOADED = 'SELECT EXTRACT(epoch FROM pg_catalog.pg_conf_load_time())::float'
TRY = 'SELECT pg_catalog.set_config(%s, %s, true)'
INVALID = '22023'


def of_recovery(name):
    return name == 'hot_standby' or name.startswith('recovery_target')


class Taken:
    def __init__(self, postgresql):
        self._postgresql = postgresql
        self._facts, self._facts_of = None, None

    def _ask(self, question, otherwise):
        try:
            return question(self._postgresql.connected())
        except psycopg2.Error:
            self._postgresql.disconnect()
            return otherwise

    def facts(self):
        """The parameters that this PostgreSQL has, by name; None while it does not answer. Asked once a connection."""
        return self._ask(self._known, None)

    def _known(self, connection):
        # PostgreSQL may be another one when it answers again.
        if self._facts_of is not connection:
            self._facts, self._facts_of = facts(connection), connection
        return self._facts

    def loaded_at(self):
        """When PostgreSQL read its files for the last time, as time.time(); 0 if it does not say."""
        return self._ask(loaded_at, 0)

    def refused(self):
        """A sentence for each setting and rule in the files that PostgreSQL does not take; it goes on with the old ones."""
        return self._ask(refused, [])


def facts(connection):
    return {row[0].lower(): Fact(*row) for row in databases.rows(connection, FACTS)}


def loaded_at(connection):
    return databases.rows(connection, LOADED)[0][0]


def refused(connection):
    found = []
    for name, setting, error in databases.rows(connection, FILES):
        what = '%s = %s' % (name, setting) if name else 'postgresql.conf'
        found.append('PostgreSQL does not take %s: %s' % (what, words(connection, name, setting) or error))
    for file, query in (('pg_hba', RULES), ('pg_ident', MAPS)):
        for line, error in databases.rows(connection, query):
            found.append('PostgreSQL does not take %s, line %d of the file: %s' % (file, line, error))
    return found


def words(connection, name, setting):
    """The view says only "could not be applied"; to try it says why. Nothing is set: the transaction is this statement."""
    if not name or setting is None:
        return None
    try:
        databases.rows(connection, TRY, name, setting)
    except psycopg2.Error as error:
        return databases.first_line(error) if error.pgcode == INVALID else None
    return None
