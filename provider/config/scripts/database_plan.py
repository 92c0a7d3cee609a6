"""From databases.yaml and what PostgreSQL has, to the statements that are missing. Pure: no connection, no clock.

Nothing is ever dropped: what leaves databases.yaml stays, and only loses what the file grants (docs/databases.md).
Every name is quoted, and every function is written with its schema, because the owner of a database can make
functions of the same name (CVE-2018-1058 and its kind).
"""

import exporter_role

# Roles that are the cluster's own. Foundation refuses them in the preview; the ConfigMap can be edited by hand.
RESERVED = ('postgres', 'replicator', 'rewind', 'pooler')

# Role options and the column of pg_authid that shows each.
OPTIONS = {
    'CREATEDB': 'rolcreatedb',
    'CREATEROLE': 'rolcreaterole',
    'REPLICATION': 'rolreplication',
    'BYPASSRLS': 'rolbypassrls',
}


def identifier(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    quoted = "'" + text.replace("'", "''").replace('\\', '\\\\') + "'"
    return ' E' + quoted if '\\' in text else quoted


def wanted(document):
    """Checks the parsed databases.yaml. Returns what is wanted and the list of what is wrong with it."""
    problems = []
    if not isinstance(document, dict):
        return None, ['databases.yaml: it holds %s, it must hold the keys users and databases' % _kind(document)]
    exporter = document.get('exporter')
    reserved = RESERVED if exporter is None else (*RESERVED, exporter_role.ROLE)
    users = []
    for n, user in enumerate(_list(document, 'users', problems)):
        name = user.get('name') if isinstance(user, dict) else None
        if not _is_name(name):
            problems.append('databases.yaml: users[%d] has no name of 1 to 63 bytes' % n)
        elif name in reserved or name.startswith('pg_'):
            problems.append('databases.yaml: user "%s" is a role that the cluster or PostgreSQL uses itself' % name)
        else:
            options = [str(option).upper() for option in user.get('options') or []]
            for option in options:
                if option not in OPTIONS and option != 'NOINHERIT':
                    allowed = ', '.join([*OPTIONS, 'NOINHERIT'])
                    problems.append('databases.yaml: user "%s": option %s; allowed are %s' % (name, option, allowed))
            limit = user.get('connectionLimit')
            if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int)):
                problems.append('databases.yaml: user "%s": connectionLimit must be a whole number' % name)
            users.append(
                {
                    'name': name,
                    'options': options,
                    'limit': -1 if limit is None else limit,
                    'databases': [str(database) for database in user.get('databases') or []],
                    'secret': user.get('secret'),
                }
            )
    databases = []
    for n, database in enumerate(_list(document, 'databases', problems)):
        name = database.get('name') if isinstance(database, dict) else None
        if not _is_name(name):
            problems.append('databases.yaml: databases[%d] has no name of 1 to 63 bytes' % n)
        else:
            databases.append(
                {
                    'name': name,
                    'owner': database.get('owner') or 'postgres',
                    'extensions': [str(extension) for extension in database.get('extensions') or []],
                    'users': [user['name'] for user in users if name in user['databases']],
                }
            )
    superuser = document.get('superuser') or {}
    pooler = document.get('pooler') is True
    if exporter is not None and not (isinstance(exporter, dict) and _is_name(exporter.get('database'))):
        problems.append('databases.yaml: exporter has no database of 1 to 63 bytes')
        exporter = None
    return {
        'users': users,
        'databases': databases,
        'superuser': {'secret': superuser.get('secret')},
        'pooler': pooler,
        'exporter': exporter,
    }, problems


def role_statements(user, found, password_verifier):
    """`found`: the role's row of pg_authid as a dict, or None. `password_verifier`: None when the password is right."""
    name = identifier(user['name'])
    attributes = []
    if found is None or not found['rolcanlogin']:
        attributes.append('LOGIN')
    for option, column in OPTIONS.items():
        on = option in user['options']
        if on != bool(found and found[column]):
            attributes.append(option if on else 'NO' + option)
    inherits = 'NOINHERIT' not in user['options']
    if inherits != bool(found is None or found['rolinherit']):
        attributes.append('INHERIT' if inherits else 'NOINHERIT')
    if user['limit'] != (-1 if found is None else found['rolconnlimit']):
        attributes.append('CONNECTION LIMIT %d' % user['limit'])
    if password_verifier is not None:
        attributes.append('PASSWORD ' + literal(password_verifier))
    if found is not None and not attributes:
        return []
    return ['%s ROLE %s WITH %s' % ('CREATE' if found is None else 'ALTER', name, ' '.join(attributes))]


def password_statement(role, password_verifier):
    return 'ALTER ROLE %s WITH PASSWORD %s' % (identifier(role), literal(password_verifier))


def database_statements(database, found, managed_users):
    """`found`: {'owner', 'public': whether PUBLIC may connect, 'connect': roles with a grant of their own} or None."""
    name = identifier(database['name'])
    owner = identifier(database['owner'])
    if found is None:
        statements = ['CREATE DATABASE %s WITH OWNER %s' % (name, owner)]
        found = {'owner': database['owner'], 'public': True, 'connect': []}
    else:
        statements = []
        if found['owner'] != database['owner']:
            statements.append('ALTER DATABASE %s OWNER TO %s' % (name, owner))
    # Users connect to the databases that were given to them, and to no other.
    if found['public']:
        statements.append('REVOKE CONNECT ON DATABASE %s FROM PUBLIC' % name)
    for user in database['users']:
        if user != database['owner'] and user not in found['connect']:
            statements.append('GRANT CONNECT ON DATABASE %s TO %s' % (name, identifier(user)))
    for user in managed_users:
        if user in found['connect'] and user not in database['users'] and user != database['owner']:
            statements.append('REVOKE CONNECT ON DATABASE %s FROM %s' % (name, identifier(user)))
    return statements


def content_statements(database, found):
    """What is missing inside a database. `found`: {'extensions': installed names, 'schemas': {extension: the schema
    that its control file asks for, or None}, 'create': roles that have USAGE and CREATE on schema public, or None
    where there is no such schema}."""
    statements = []
    # Since PostgreSQL 15 only the owner may create in schema public; a user to whom a database is given may too.
    if found['create'] is not None:
        for user in database['users']:
            if user not in found['create'] and user != database['owner']:
                statements.append('GRANT USAGE, CREATE ON SCHEMA public TO %s' % identifier(user))
    for extension in database['extensions']:
        if extension in found['extensions']:
            continue
        # search_path is pg_catalog in the agent's sessions, so the schema must be said where the extension leaves it open.
        schema = ' SCHEMA public' if found['schemas'].get(extension) is None and found['create'] is not None else ''
        statements.append('CREATE EXTENSION IF NOT EXISTS %s WITH%s CASCADE' % (identifier(extension), schema))
    return statements


def _is_name(name):
    return isinstance(name, str) and 0 < len(name.encode('utf-8')) <= 63 and '\0' not in name


def _list(document, key, problems):
    value = document.get(key) or []
    if isinstance(value, list):
        return value
    problems.append('databases.yaml: %s holds %s, it must hold a list' % (key, _kind(value)))
    return []


def _kind(value):
    return {type(None): 'nothing', dict: 'a map', list: 'a list', str: 'a text'}.get(type(value), 'a ' + type(value).__name__)
