"""What PgBouncer needs in PostgreSQL: a role that logs in by certificate, and a function by which it finds what a user's
password must verify. Pure: statements from what is there.

The function runs as its owner, a superuser, so it says by itself where each name is. It finds no superuser and no role
for replication: those have no business in a pool, and nobody who has taken over the pooler gets their verifiers.
"""

ROLE = 'pooler'
FUNCTION = '"pooler"."user_lookup"'

BODY = """
  SELECT rolname::text, CASE WHEN rolvaliduntil OPERATOR(pg_catalog.<) pg_catalog.now() THEN NULL ELSE rolpassword END
  FROM pg_catalog.pg_authid
  WHERE rolname OPERATOR(pg_catalog.=) $1 AND rolcanlogin AND NOT rolsuper AND NOT rolreplication
"""

FOUND = """
SELECT r.rolcanlogin, n.oid IS NOT NULL, p.prosrc, p.prosecdef,
  coalesce(pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE'), false)
    AND coalesce(pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE'), false),
  EXISTS (SELECT FROM pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a WHERE a.grantee = 0)
FROM (SELECT 1) one
LEFT JOIN pg_catalog.pg_roles r ON r.rolname OPERATOR(pg_catalog.=) 'pooler'
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) 'pooler'
LEFT JOIN pg_catalog.pg_proc p ON p.pronamespace OPERATOR(pg_catalog.=) n.oid AND p.proname OPERATOR(pg_catalog.=) 'user_lookup'
"""


def statements(login, schema, body, definer, granted, public):
    """A row of FOUND, as arguments. In an order in which each can be done, whatever is there."""
    made = []
    if login is None:
        made.append('CREATE ROLE "pooler" WITH LOGIN')
    elif not login:
        made.append('ALTER ROLE "pooler" WITH LOGIN')
    if not schema:
        made.append('CREATE SCHEMA "pooler"')
    if body != BODY or not definer:
        made.append(
            'CREATE OR REPLACE FUNCTION %s (asked name, OUT name text, OUT verifier text) RETURNS SETOF record '
            'LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$%s$body$' % (FUNCTION, BODY)
        )
    if public or body is None:
        made.append('REVOKE ALL ON FUNCTION %s (name) FROM PUBLIC' % FUNCTION)
    if not granted:
        made.append('GRANT USAGE ON SCHEMA "pooler" TO "pooler"')
        made.append('GRANT EXECUTE ON FUNCTION %s (name) TO "pooler"' % FUNCTION)
    return made
