/** Settings that suit nearly every cluster and that a user may change. A reason each. */
import type { ClusterSpec } from '../cluster/spec';
import type { Setting } from './parameters';

/** Extensions that work only when their library is loaded at start. */
export const preloadedExtensions: readonly string[] = ['pg_stat_statements', 'pgaudit', 'pg_cron'];

export function defaultSettings(spec: ClusterSpec): Setting[] {
  return [
    ...replication,
    ...archive(spec),
    ...connections,
    ...observation,
    ...safety,
    libraries(spec),
    ...cron(spec),
  ];
}

const replication: readonly Setting[] = [
  [
    'wal_level',
    'logical',
    'logical replication and change capture start without a restart; costs little WAL',
  ],
  [
    'max_wal_senders',
    '32',
    '20 replicas, base backups and logical consumers, without a restart at scale-out',
  ],
  ['max_replication_slots', '32', 'a slot for each of the same; Patroni makes one a member'],
  ['wal_keep_size', '128MB', "Patroni's default; slots do the rest"],
  [
    'wal_sender_timeout',
    '10s',
    'a synchronous replica whose node died blocks commits until its sender is closed; 60s is too long',
  ],
  [
    'wal_retrieve_retry_interval',
    '500ms',
    'after a failover a replica tries the new primary at once: commits wait for it',
  ],
  ['wal_receiver_timeout', '10s', 'a replica notices a dead primary as fast'],
  ['wal_compression', 'lz4', 'full-page images are most of the WAL; lz4 costs next to no CPU'],
  ['max_connections', '100', 'a pooler serves thousands by it; each connection costs memory'],
  [
    'max_worker_processes',
    '8',
    "PostgreSQL's default, said here because a standby compares it with its primary",
  ],
  [
    'max_prepared_transactions',
    '0',
    'forgotten prepared transactions hold back vacuum; standby-checked as well',
  ],
  ['max_locks_per_transaction', '64', "PostgreSQL's default, said here because a standby compares it"],
];

function archive(spec: ClusterSpec): Setting[] {
  if (spec.repositories.length === 0) return [];
  return [['archive_timeout', '60s', 'at most a minute of little work is not in the repositories yet']];
}

const connections: readonly Setting[] = [
  ['tcp_keepalives_idle', '60', 'a client that vanished without a word is noticed after 90 s, not 2 h'],
  ['tcp_keepalives_interval', '10', 'see tcp_keepalives_idle'],
  ['tcp_keepalives_count', '3', 'see tcp_keepalives_idle'],
  ['client_connection_check_interval', '10s', 'a query whose client has gone stops; it would run to its end'],
  [
    'ssl_min_protocol_version',
    'TLSv1.2',
    'older versions are broken; 1.2 is what JDBC and old OpenSSL still speak',
  ],
];

const observation: readonly Setting[] = [
  [
    'log_line_prefix',
    '%m [%p] user=%u,db=%d,app=%a,client=%h ',
    'time, process, who and from where; pgBadger reads it',
  ],
  ['log_timezone', 'UTC', 'logs of several nodes are read together'],
  ['log_checkpoints', 'on', 'one line each; says whether max_wal_size fits'],
  ['log_lock_waits', 'on', 'waits of more than a second are worth a line'],
  ['log_autovacuum_min_duration', '1min', 'long vacuums are worth a line'],
  ['log_temp_files', '10MB', 'large temporary files say that work_mem is too small'],
  // Statements can hold passwords and personal data, so none is logged unless the user wants it.
  ['log_statement', 'none', 'statements can hold secrets'],
  ['log_min_duration_statement', '-1', 'statements can hold secrets'],
  ['track_io_timing', 'on', 'needed to understand a slow query; cheap with the TSC clock'],
  ['track_wal_io_timing', 'on', 'see track_io_timing'],
];

const safety: readonly Setting[] = [
  ['timezone', 'UTC', "the same on every node, whatever the image's is"],
  ['jit', 'off', 'compiling costs more than it saves in most work, and makes plans jump'],
  [
    'huge_pages',
    'off',
    "on a node that has huge pages 'try' takes them, and the pod's cgroup then kills the server (SIGBUS)",
  ],
  [
    'allow_alter_system',
    'off',
    'ALTER SYSTEM would differ from what this program says, and from member to member',
  ],
  ['checkpoint_timeout', '5min', 'what a crash must replay is what decides how long it takes'],
  ['checkpoint_completion_target', '0.9', 'checkpoints are spread, so that commits do not wait for them'],
  ['hot_standby_feedback', 'off', 'a long query on a replica must not bloat the primary'],
];

/** What the user's databases need loaded, and pg_stat_statements for whoever looks for a slow query later. */
function libraries(spec: ClusterSpec): Setting {
  const wanted = new Set(['pg_stat_statements', ...requiredLibraries(spec)]);
  return [
    'shared_preload_libraries',
    [...wanted].join(','),
    'statistics of statements, and the extensions asked for',
  ];
}

export function requiredLibraries(spec: ClusterSpec): string[] {
  const extensions = new Set(spec.databases.flatMap((database) => database.extensions));
  return preloadedExtensions.filter((extension) => extensions.has(extension));
}

/** pg_cron lives in one database (validation/users.ts refuses a second), and its jobs run without a login. */
function cron(spec: ClusterSpec): Setting[] {
  const database = spec.databases.find(({ extensions }) => extensions.includes('pg_cron'));
  if (!database) return [];
  return [
    ['cron.database_name', database.name, 'the database whose extensions name pg_cron'],
    ['cron.use_background_workers', 'on', 'otherwise each job would log in over TCP, with a password'],
  ];
}
