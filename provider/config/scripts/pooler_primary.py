"""The primary as PgBouncer reaches it: through its Service, where kube-proxy may lead to the old one for a second."""
import os

TLS = '/etc/postgres-ha/tls'
# Which PostgreSQL it is, and since when it runs: a switchover changes the one, a restart the other.
IDENTITY = "select pg_catalog.inet_server_addr() || ' ' || pg_catalog.pg_postmaster_start_time()"


class Away(Exception):
    pass


def identity(seconds=2):
    """Raises Away while nobody there takes writes, or answers within `seconds` (2 is the least, libpq's connect_timeout)."""
    # Only the image has it, and not the machine that tests the rest.
    import psycopg2

    try:
        return _asked(psycopg2, seconds)
    except psycopg2.Error as error:
        raise Away(' '.join(str(error).split())) from None


def _asked(psycopg2, seconds):
    connection = psycopg2.connect(
        host='%s.%s.svc' % (os.environ['CLUSTER_NAME'], os.environ['POD_NAMESPACE']),
        user='pooler',
        dbname='postgres',
        sslmode='verify-full',
        sslrootcert=TLS + '/server/ca.crt',
        sslcert=TLS + '/pooler/tls.crt',
        sslkey=TLS + '/pooler/tls.key',
        connect_timeout=int(seconds),
        target_session_attrs='read-write',
        application_name='postgres-ha pooler',
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(IDENTITY)
            return cursor.fetchone()[0]
    finally:
        connection.close()
