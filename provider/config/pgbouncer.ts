/**
 * pgbouncer.ini, the key of that name in ConfigMap `NAME-pooler`: PgBouncer's settings in layers, a later one over an
 * earlier. A pod's program reloads PgBouncer when it changes (scripts/pooler.py).
 */
import { defaultDatabase, poolerRole } from '../cluster/defaults';
import type { ClusterSpec, PoolerSpec } from '../cluster/spec';
import { isUnknown, UNKNOWN } from '../cluster/spec';
import { names } from '../manifests/names';
import { postgresPort, serviceHost } from './connection';
import { poolerFiles, tlsFiles } from './files';
import { parameterValues } from './parameters';

type Setting = readonly [name: string, value: string, reason: string];

/** Of the connections that PostgreSQL takes, for whom the pooler must not leave nothing: superuser, agent, exporter, people. */
const otherConnections = 15;

export function pgbouncerIni(spec: ClusterSpec, pooler: PoolerSpec): string {
  const settings = new Map<string, string>();
  const given = Object.entries(pooler.parameters);
  for (const [name, value] of [...defaults(spec, pooler), ...given, ...owned(pooler)])
    settings.set(name, value);
  const host = `host=${serviceHost(spec, names.primaryService(spec.name))} port=${postgresPort}`;
  return [
    '; Made by pulumi-postgres-ha. A change is taken up within a minute, and lasts until the next pulumi up.',
    '[databases]',
    // Where passwords are looked up; PgBouncer takes none for it that only the asterisk names.
    `${defaultDatabase} = ${host}`,
    `* = ${host}`,
    '',
    '[pgbouncer]',
    ...[...settings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name} = ${value}`),
    '',
  ].join('\n');
}

function defaults(spec: ClusterSpec, pooler: PoolerSpec): Setting[] {
  return [
    ['max_db_connections', databaseConnections(spec, pooler), 'all pods together leave some for others'],
    ['ignore_startup_parameters', 'extra_float_digits', 'pgJDBC sends it'],
    ['server_login_retry', '1', "PgBouncer's 15 s would be added to every failover"],
    ['tcp_keepidle', '5', 'a primary whose network is cut says no word'],
    ['tcp_keepintvl', '3', 'see tcp_keepidle'],
    ['tcp_keepcnt', '3', 'see tcp_keepidle'],
    ['tcp_user_timeout', '15000', 'the same, for what was sent already'],
    ['log_connections', '0', 'pooled connections come and go; PostgreSQL logs its own'],
    ['log_disconnections', '0', 'see log_connections'],
  ];
}

/** A pod's share of them, for each database. */
function databaseConnections(spec: ClusterSpec, { replicas }: PoolerSpec): string {
  const most = parameterValues(spec)['max_connections'];
  if (isUnknown(most) || isUnknown(replicas)) return UNKNOWN;
  return String(Math.max(1, Math.floor((Number(most) - otherConnections) / replicas)));
}

function owned({ mode, poolSize, maxClientConnections }: PoolerSpec): Setting[] {
  return [
    ['pool_mode', mode, 'pooler.mode'],
    ['default_pool_size', String(poolSize), 'pooler.poolSize'],
    ['max_client_conn', String(maxClientConnections), 'pooler.maxClientConnections'],
    ['listen_addr', '*', 'all addresses of the pod'],
    ['listen_port', String(postgresPort), 'the same as without a pooler'],
    // Who may enter the pod may use the console: PgBouncer lets its own operating system user in as "pgbouncer".
    ['unix_socket_dir', poolerFiles.socket, 'the console, for the pod alone'],
    ['unix_socket_mode', '0700', 'see unix_socket_dir'],
    [
      'auth_type',
      'scram-sha-256',
      "PgBouncer logs in with the client's own proof; it never knows a password",
    ],
    ['auth_user', poolerRole, 'logs in by certificate'],
    ['auth_dbname', defaultDatabase, 'where the function is (scripts/pooler_role.py)'],
    ['auth_query', `SELECT name, verifier FROM ${poolerRole}.user_lookup($1)`, 'no superuser is found by it'],
    ['client_tls_sslmode', 'require', 'nothing travels in clear'],
    ['client_tls_cert_file', poolerFiles.certificate, 'what clients verify'],
    ['client_tls_key_file', poolerFiles.key, 'see client_tls_cert_file'],
    ['client_tls_protocols', 'secure', 'TLS 1.2 and newer'],
    ['server_tls_sslmode', 'verify-full', 'nothing travels in clear'],
    ['server_tls_ca_file', tlsFiles.serverAuthority, "of PostgreSQL's certificate"],
    ['server_tls_cert_file', poolerFiles.clientCertificate, 'for auth_user alone'],
    ['server_tls_key_file', poolerFiles.clientKey, 'see server_tls_cert_file'],
    ['server_tls_protocols', 'secure', 'TLS 1.2 and newer'],
  ];
}

/** Settings that nobody may give, and what to write instead. */
export const ownedPoolerSettings: ReadonlyMap<string, string> = new Map([
  ['pool_mode', 'Write pooler.mode.'],
  ['default_pool_size', 'Write pooler.poolSize.'],
  ['max_client_conn', 'Write pooler.maxClientConnections.'],
  ...[
    ...owned({} as PoolerSpec).map(([name]) => name),
    ...[
      'logfile',
      'pidfile',
      'user',
      'conffile',
      'service_name',
      'syslog',
      'syslog_ident',
      'syslog_facility',
    ],
    ...['admin_users', 'stats_users', 'auth_file', 'auth_hba_file', 'auth_ident_file', 'auth_ldap_options'],
    ...['client_tls_ca_file', 'unix_socket_group', 'peer_id', 'so_reuseport', 'job_name', 'resolv_conf'],
  ]
    .filter((name) => !['pool_mode', 'default_pool_size', 'max_client_conn'].includes(name))
    .map((name): [string, string] => [name, 'Leave it out.']),
]);

/** Settings of section [pgbouncer] that may be given: PgBouncer 1.26, doc/config.md. */
export const poolerSettings: readonly string[] = [
  ...['min_pool_size', 'reserve_pool_size', 'reserve_pool_timeout', 'max_db_connections'],
  ...[
    'max_db_client_connections',
    'max_user_connections',
    'max_user_client_connections',
    'server_round_robin',
  ],
  ...['track_extra_parameters', 'ignore_startup_parameters', 'disable_pqexec', 'application_name_add_host'],
  ...['stats_period', 'max_prepared_statements', 'scram_iterations', 'log_connections', 'log_disconnections'],
  ...['log_pooler_errors', 'log_stats', 'verbose', 'server_reset_query', 'server_reset_query_always'],
  ...[
    'server_check_delay',
    'server_check_query',
    'server_fast_close',
    'server_lifetime',
    'server_idle_timeout',
  ],
  ...['server_connect_timeout', 'server_login_retry', 'client_login_timeout', 'autodb_idle_timeout'],
  ...['dns_max_ttl', 'dns_nxdomain_ttl', 'dns_zone_check_period', 'query_wait_notify', 'client_tls_ciphers'],
  ...['client_tls13_ciphers', 'client_tls_ecdhcurve', 'client_tls_dheparams', 'server_tls_ciphers'],
  ...[
    'server_tls13_ciphers',
    'query_timeout',
    'query_wait_timeout',
    'cancel_wait_timeout',
    'client_idle_timeout',
  ],
  ...['idle_transaction_timeout', 'transaction_timeout', 'suspend_timeout', 'pkt_buf', 'max_packet_size'],
  ...['listen_backlog', 'sbuf_loopcnt', 'tcp_defer_accept', 'tcp_socket_buffer', 'tcp_keepalive'],
  ...['tcp_keepcnt', 'tcp_keepidle', 'tcp_keepintvl', 'tcp_user_timeout'],
];
