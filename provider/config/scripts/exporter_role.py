"""What the exporter needs in PostgreSQL: a role that may read statistics and nothing else, and logs in by the socket (pg_hba.conf).

Pure: statements from what is there. A role of that name that is somebody's own is left alone: it would come to read statistics
for whoever may become it.
"""

ROLE = 'exporter'

FOUND = """
SELECT r.rolcanlogin,
  coalesce(r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls OR r.rolpassword IS NOT NULL
    OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.roleid OPERATOR(pg_catalog.=) r.oid
               OR (m.member OPERATOR(pg_catalog.=) r.oid AND m.roleid OPERATOR(pg_catalog.<>) p.oid)), false),
  EXISTS (SELECT FROM pg_catalog.pg_auth_members m
          WHERE m.member OPERATOR(pg_catalog.=) r.oid AND m.roleid OPERATOR(pg_catalog.=) p.oid AND m.inherit_option),
  CASE WHEN d.oid IS NULL THEN NULL ELSE coalesce(pg_catalog.has_database_privilege(r.oid, d.oid, 'CONNECT'), false) END
FROM pg_catalog.pg_authid p
LEFT JOIN pg_catalog.pg_authid r ON r.rolname OPERATOR(pg_catalog.=) 'exporter'
LEFT JOIN pg_catalog.pg_database d ON d.datname OPERATOR(pg_catalog.=) %s
WHERE p.rolname OPERATOR(pg_catalog.=) 'pg_monitor'
"""

FOREIGN = (
    'metrics: there is a role "exporter" with a password, options or memberships of its own, which the exporter does not take over; '
    'rename it (ALTER ROLE "exporter" RENAME TO …) or take metrics out of the program'
)


def statements(database, login, foreign, monitors, connects):
    """`database`: quoted; the rest is a row of FOUND, as arguments. `connects` is None where there is no such database yet."""
    if foreign:
        return []
    made = []
    if login is None:
        made.append('CREATE ROLE "exporter" WITH LOGIN')
    elif not login:
        made.append('ALTER ROLE "exporter" WITH LOGIN')
    if not monitors:
        made.append('GRANT pg_monitor TO "exporter" WITH INHERIT TRUE')
    if connects is False:
        made.append('GRANT CONNECT ON DATABASE %s TO "exporter"' % database)
    return made
