"""Makes PostgreSQL's roles and databases what databases.yaml says. Runs on the leader only."""
import hashlib
import time

import psycopg2

import database_plan as plan
import exporter_role
import pooler_role
import scram

SOCKET = '/run/postgresql'
# Content of a database is compared again after this time, in case somebody changed it by hand.
RECHECK_SECONDS = 300

# Names resolve in pg_catalog alone, so that nobody's function is called in place of PostgreSQL's.
# synchronous_commit: in strict mode a new cluster has no replica yet, and users must exist all the same. Nothing is
# lost by it: whoever leads next does the same work again (Patroni does so for its own roles, bootstrap.py).
# The log settings keep verifiers out of the server's log, pg_stat_statements and pgAudit.
SESSION = """
SET search_path = pg_catalog; SET synchronous_commit = local; SET lock_timeout = '5s'; SET statement_timeout = '60s';
SET log_statement = none; SET log_min_duration_statement = -1; SET log_min_error_statement = panic;
SET log_transaction_sample_rate = 0; SET pg_stat_statements.track_utility = off; SET pgaudit.log = none
"""

ROLES = """
SELECT rolname, rolcanlogin, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolinherit, rolconnlimit, rolpassword
FROM pg_catalog.pg_authid WHERE rolname OPERATOR(pg_catalog.=) ANY (%s)
"""
DATABASES = """
SELECT d.datname, o.rolname,
  EXISTS (SELECT FROM pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
          WHERE a.grantee = 0 AND a.privilege_type = 'CONNECT'),
  ARRAY (SELECT r.rolname::text FROM pg_catalog.aclexplode(d.datacl) a JOIN pg_catalog.pg_authid r ON r.oid = a.grantee
         WHERE a.privilege_type = 'CONNECT')
FROM pg_catalog.pg_database d JOIN pg_catalog.pg_authid o ON o.oid = d.datdba
WHERE d.datname OPERATOR(pg_catalog.=) ANY (%s)
"""
EXTENSIONS = 'SELECT extname FROM pg_catalog.pg_extension'
CONTROL = """
SELECT e.name, v.schema FROM pg_catalog.pg_available_extensions() e
JOIN pg_catalog.pg_available_extension_versions() v ON v.name = e.name AND v.version = e.default_version
WHERE e.name OPERATOR(pg_catalog.=) ANY (%s)
"""
PUBLIC_SCHEMA = """
SELECT r.rolname FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a JOIN pg_catalog.pg_authid r ON r.oid = a.grantee
WHERE n.nspname = 'public' GROUP BY r.rolname
HAVING pg_catalog.bool_or(a.privilege_type = 'CREATE') AND pg_catalog.bool_or(a.privilege_type = 'USAGE')
"""
HAS_PUBLIC = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'public')"


def connect(database='postgres'):
    connection = psycopg2.connect(
        host=SOCKET, user='postgres', dbname=database, connect_timeout=3, application_name='postgres-ha agent'
    )
    connection.autocommit = True
    run(connection, SESSION)
    return connection


def run(connection, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows(connection, query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchall()


def first_line(error):
    """PostgreSQL's message without DETAIL and STATEMENT, which may show more than belongs in a status."""
    return ' '.join(str(error).strip().split('\n')[0].split())


class Databases:
    def __init__(self, read_password, log):
        self._read_password = read_password
        self._log = log
        self._verified = {}
        self._content = {}

    def forget(self):
        """After a change of the leader: what was true of this member need not be true now."""
        self._content.clear()

    def reconcile(self, connection, document):
        """Does what is missing; returns the problems, none when everything is as the document says."""
        wanted, problems = plan.wanted(document)
        if wanted is None:
            return problems
        self._roles(connection, wanted, problems)
        self._databases(connection, wanted, problems)
        if wanted['pooler']:
            self._do(connection, 'pooler', pooler_role.statements(*rows(connection, pooler_role.FOUND)[0]), problems)
        if wanted['exporter']:
            database = wanted['exporter']['database']
            found = rows(connection, exporter_role.FOUND, database)[0]
            problems.extend([exporter_role.FOREIGN] if found[1] else [])
            self._do(connection, 'exporter', exporter_role.statements(plan.identifier(database), *found), problems)
        return problems

    def _roles(self, connection, wanted, problems):
        columns = ['rolname', 'rolcanlogin', *plan.OPTIONS.values(), 'rolinherit', 'rolconnlimit', 'rolpassword']
        names = [user['name'] for user in wanted['users']] + ['postgres']
        found = {row[0]: dict(zip(columns, row)) for row in rows(connection, ROLES, names)}
        secret = wanted['superuser']['secret']
        if secret:
            verifier = self._missing_verifier('postgres', secret, found.get('postgres'), problems)
            if verifier:
                self._do(connection, 'user "postgres"', [plan.password_statement('postgres', verifier)], problems)
        for user in wanted['users']:
            role = found.get(user['name'])
            verifier = self._missing_verifier(user['name'], user['secret'], role, problems) if user['secret'] else None
            statements = plan.role_statements(user, role, verifier)
            self._do(connection, 'user "%s"' % user['name'], statements, problems)

    def _missing_verifier(self, name, secret, role, problems):
        """The verifier to store, or None when the stored one is of the password in the Secret."""
        password = self._read_password(secret)
        if password is None:
            problems.append('user "%s": Secret %s has no key password' % (name, secret))
            return None
        stored = role and role['rolpassword']
        seen = (stored, hashlib.sha256(password.encode('utf-8')).digest())
        # Checking costs some milliseconds of hashing by design, so it is done once a change.
        if self._verified.get(name) != seen:
            if not scram.matches(password, stored):
                return scram.verifier(password)
            self._verified[name] = seen
        return None

    def _databases(self, connection, wanted, problems):
        names = [database['name'] for database in wanted['databases']]
        users = [user['name'] for user in wanted['users']]
        found = {
            name: {'owner': owner, 'public': public, 'connect': connect}
            for name, owner, public, connect in rows(connection, DATABASES, names)
        }
        for database in wanted['databases']:
            what = 'database "%s"' % database['name']
            statements = plan.database_statements(database, found.get(database['name']), users)
            if self._do(connection, what, statements, problems):
                self._contents(database, what, problems)

    def _contents(self, database, what, problems):
        known, when = self._content.get(database['name'], (None, 0))
        if known == database and time.monotonic() - when < RECHECK_SECONDS:
            return
        if not database['extensions'] and not database['users']:
            return
        try:
            connection = connect(database['name'])
        except psycopg2.Error as error:
            problems.append('%s: %s' % (what, first_line(error)))
            return
        try:
            creators = [row[0] for row in rows(connection, PUBLIC_SCHEMA)]
            found = {
                'extensions': [row[0] for row in rows(connection, EXTENSIONS)],
                'schemas': dict(rows(connection, CONTROL, database['extensions'])),
                'create': creators if rows(connection, HAS_PUBLIC)[0][0] else None,
            }
            if self._do(connection, what, plan.content_statements(database, found), problems):
                self._content[database['name']] = (database, time.monotonic())
        finally:
            connection.close()

    def _do(self, connection, what, statements, problems):
        """Runs statements; one that fails does not keep the others, of this and of other objects, from being run."""
        well = True
        for statement in statements:
            # What was done is told without what follows the name: it may hold a verifier.
            told = statement.split(' WITH ')[0]
            try:
                run(connection, statement)
                self._log.line('%s: %s' % (what, told))
            except psycopg2.Error as error:
                if connection.closed:
                    raise
                well = False
                problems.append('%s: %s: %s' % (what, told, first_line(error)))
        return well
