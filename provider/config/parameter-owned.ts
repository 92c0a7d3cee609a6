/** Parameters that the cluster itself must own: their values, and what is refused, with what to use instead. */
import type { ClusterSpec } from '../cluster/spec';
import { tlsFiles } from './files';
import { archiveCommand, restoreCommand } from './wal-commands';
import type { Setting } from './parameters';

/** Values that nobody may change: they go over the user's, who is refused before (validation/parameters.ts). */
export function mandatorySettings(spec: ClusterSpec): Setting[] {
  return [
    ...archiving(spec),
    ['password_encryption', 'scram-sha-256', 'the only password method that pg_hba.conf lets in'],
    ['wal_log_hints', 'on', 'pg_rewind needs it'],
    [
      'logging_collector',
      'off',
      "the container's output is the log: kubectl logs and every log shipper read it",
    ],
    ['log_destination', 'stderr', 'see logging_collector'],
    ['ssl', 'on', 'nothing travels in clear'],
    ['ssl_cert_file', tlsFiles.serverCertificate, 'renewed inside the cluster; a reload takes it up'],
    ['ssl_key_file', tlsFiles.serverKey, 'see ssl_cert_file'],
    // Not the CA of the server's certificate: with a certificate of the user's own, that CA must not
    // be able to make itself a replication client.
    ['ssl_ca_file', tlsFiles.clientAuthority, "client certificates are those of the cluster's own CA"],
  ];
}

/** Without a repository nothing may wait for one: archive_mode off, and no WAL is kept. */
function archiving(spec: ClusterSpec): Setting[] {
  if (spec.repositories.length === 0)
    return [['archive_mode', 'off', 'there is no repository (repositories: [])']];
  return [
    ['archive_mode', 'on', 'WAL goes to every repository'],
    ['archive_command', archiveCommand(spec), 'asynchronous, in several processes (config/wal-commands.ts)'],
    [
      'restore_command',
      restoreCommand(spec),
      'a replica that lags gets WAL from a repository, not from a slot alone',
    ],
  ];
}

interface Owned {
  readonly why: string;
  /** What to write instead, as a sentence. */
  readonly instead?: string;
}

function owned(names: string, why: string, instead?: string): [string, Owned][] {
  return names.split(' ').map((name) => [name, { why, ...(instead === undefined ? {} : { instead }) }]);
}

const leave = 'Leave it out.';

/** Begun from CloudNativePG's FixedConfigurationParameters (pkg/postgres/configuration.go), for Patroni. */
export const ownedParameters: ReadonlyMap<string, Owned> = new Map([
  ...owned(
    'data_directory config_file external_pid_file hba_file ident_file',
    'says where files lie, which the image decides',
    'For rules write config.hba or config.ident.',
  ),
  ...owned(
    'listen_addresses port unix_socket_directories unix_socket_group unix_socket_permissions bonjour bonjour_name',
    'says where the server listens; Patroni, the Services and the probes rely on it',
    leave,
  ),
  ...owned(
    'synchronous_standby_names',
    'is set by Patroni at each change of members',
    'Write synchronous and synchronousNumber.',
  ),
  ...owned(
    'primary_conninfo primary_slot_name hot_standby cluster_name recovery_min_apply_delay recovery_end_command ' +
      'promote_trigger_file',
    'is set by Patroni',
    leave,
  ),
  ...owned(
    'recovery_target recovery_target_action recovery_target_inclusive recovery_target_lsn recovery_target_name ' +
      'recovery_target_time recovery_target_timeline recovery_target_xid',
    'would stop replicas short of the primary',
    leave,
  ),
  ...owned(
    'archive_mode archive_command archive_library restore_command archive_cleanup_command',
    'belongs to the backups',
    'Write repositories.',
  ),
  ...owned(
    'log_destination logging_collector log_directory log_filename log_file_mode log_rotation_age log_rotation_size ' +
      'log_truncate_on_rotation event_source syslog_facility syslog_ident syslog_sequence_numbers ' +
      'syslog_split_messages',
    "would take the log away from the container's output, where kubectl logs and log shippers read it",
    leave,
  ),
  ...owned(
    'ssl ssl_cert_file ssl_key_file ssl_ca_file ssl_crl_file ssl_crl_dir ssl_dh_params_file ssl_passphrase_command ' +
      'ssl_passphrase_command_supports_reload',
    'belongs to the certificates of the cluster',
    'For a certificate of your own write tls.serverSecret.',
  ),
  ...owned('password_encryption', 'must be scram-sha-256, the only password method that is let in', leave),
  ...owned('wal_log_hints', 'must be on, since a failed primary comes back by pg_rewind', leave),
  ...owned(
    'fsync full_page_writes zero_damaged_pages ignore_checksum_failure ignore_invalid_pages ignore_system_indexes ' +
      'data_sync_retry allow_system_table_mods allow_in_place_tablespaces debug_io_direct',
    'can destroy data',
    leave,
  ),
  ...owned(
    'default_transaction_read_only',
    'would make the whole cluster read-only, also for its agent',
    'Use ALTER ROLE … SET or ALTER DATABASE … SET.',
  ),
  ...owned(
    'transaction_isolation transaction_read_only transaction_deferrable session_authorization role is_superuser seed',
    "can't be set in a configuration file",
    'SET it in a session.',
  ),
  ...owned('jit_provider shared_memory_type', 'depends on how the image is built', leave),
]);

/**
 * Patroni gives these to the server on its command line, takes them from the cluster's
 * settings only, and silently puts its default for a value below the least one
 * (patroni/postgresql/config.py, CMDLINE_OPTIONS).
 */
export const clusterWideLeast: ReadonlyMap<string, string | undefined> = new Map([
  ['max_connections', '25'],
  ['max_wal_senders', '3'],
  ['wal_keep_size', '16MB'],
  ['max_prepared_transactions', '0'],
  ['max_locks_per_transaction', '32'],
  ['max_replication_slots', '4'],
  ['max_worker_processes', '2'],
  ['wal_level', undefined],
  ['track_commit_timestamp', undefined],
]);

/** Names that PostgreSQL once had, and what serves now. */
export const formerParameters: ReadonlyMap<string, string> = new Map([
  ['wal_keep_segments', 'wal_keep_size'],
  ['checkpoint_segments', 'max_wal_size'],
  ['force_parallel_mode', 'debug_parallel_query'],
  ['sort_mem', 'work_mem'],
  ['vacuum_mem', 'maintenance_work_mem'],
  ['ssl_ecdh_curve', 'ssl_groups'],
  ['max_stack_dept', 'max_stack_depth'],
]);
