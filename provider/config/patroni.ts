/**
 * Patroni's configuration: its own file, which a pod reads at start, and the dynamic part, which
 * lives in the DCS and which the leader's agent keeps equal to the ConfigMap. What differs from
 * pod to pod (name, addresses) comes by PATRONI_ variables.
 */
import { replicationRole, rewindRole, superuser } from '../cluster/defaults';
import type { ClusterSpec } from '../cluster/spec';
import { isUnknown, UNKNOWN } from '../cluster/spec';
import { labels, memberLabels } from '../manifests/names';
import { directories, tlsFiles } from './files';
import { hbaRules, identRules } from './hba';
import { parameterValues } from './parameters';
import { yamlText } from './yaml-text';

/** Patroni's own file: key `patroni.yml` of ConfigMap `NAME-patroni`. */
export function patroniYaml(spec: ClusterSpec): string {
  return yamlText(
    {
      scope: spec.name,
      log: {
        type: 'plain',
        level: 'INFO',
        // One line at each change instead of one each loop_wait.
        deduplicate_heartbeat_logs: true,
      },
      kubernetes: kubernetes(spec),
      restapi: {
        listen: '*:8008',
        certfile: tlsFiles.serverCertificate,
        keyfile: tlsFiles.serverKey,
        cafile: tlsFiles.clientAuthority,
        // Probes read without a certificate; whoever changes something shows one of the cluster's CA.
        verify_client: 'optional',
      },
      ctl: {
        cacert: tlsFiles.serverAuthority,
        certfile: tlsFiles.clientCertificate,
        keyfile: tlsFiles.clientKey,
        // With a client certificate this only drops the comparison of host names: members call each
        // other by address, which is in no certificate. The CA is still checked (patroni/request.py).
        insecure: true,
      },
      postgresql: postgresql(spec),
      bootstrap: {
        dcs: dynamicConfiguration(spec),
        ...(spec.restoreFrom ? restored : {}),
        initdb: initdb(spec),
      },
      // A hung primary is killed by the kubelet (liveness before ttl): a pod has no watchdog device.
      watchdog: { mode: 'off' },
    },
    "Made by pulumi-postgres-ha. Patroni's own settings; what may change in life is in the -config ConfigMap.",
  );
}

/** Patroni's dynamic configuration, whole: key `dcs.yaml` of ConfigMap `NAME-config`. */
export function dcsYaml(spec: ClusterSpec): string {
  return yamlText(
    dynamicConfiguration(spec),
    "Patroni's dynamic configuration. An edit is taken up within seconds, and lasts until the next pulumi up.",
  );
}

/** Parameters of single members: key `members.yaml` of ConfigMap `NAME-config`. */
export function membersYaml(spec: ClusterSpec): string {
  return yamlText(spec.config.memberParameters, 'Parameters of single members, over those of dcs.yaml.');
}

function kubernetes(spec: ClusterSpec) {
  return {
    use_endpoints: true,
    // Not the cluster's label alone: pods of Jobs carry the cluster's label too, and each would get a replication slot.
    labels: memberLabels(spec.name),
    scope_label: labels.cluster,
    role_label: labels.role,
    // Explicit, since the default of the first changed from master to primary in Patroni 4.
    leader_label_value: 'primary',
    follower_label_value: 'replica',
    standby_leader_label_value: 'primary',
    ports: [{ name: 'postgresql', port: 5432 }],
    // It would drop the check of the API server's name (patroni/dcs/kubernetes.py).
    bypass_api_service: false,
    // A busy API server throttles; without this a leader would give up at the first 429.
    retriable_http_codes: [429],
  };
}

/** The same in bootstrap.dcs and in dcs.yaml, so that the agent has nothing to change at first. */
function dynamicConfiguration(spec: ClusterSpec) {
  const { mode, number } = spec.synchronous;
  const { ttl, loopWait, retryTimeout, failsafeMode, maximumLagOnFailover } = spec.patroni;
  return {
    ttl,
    loop_wait: loopWait,
    retry_timeout: retryTimeout,
    failsafe_mode: failsafeMode,
    maximum_lag_on_failover: maximumLagOnFailover,
    primary_start_timeout: primaryStartTimeout(mode),
    member_slots_ttl: '30min',
    // A replica must not be promoted over a leader of a newer timeline.
    check_timeline: true,
    ...synchronous(mode, number),
    postgresql: {
      use_pg_rewind: true,
      use_slots: true,
      // A member that can't be rewound waits for a person: it may hold rows that nobody else has
      // (docs/decisions/no-data-removal-on-rewind-failure.md).
      remove_data_directory_on_rewind_failure: false,
      remove_data_directory_on_diverged_timelines: false,
      parameters: parameterValues(spec),
      pg_hba: hbaRules(spec).map(({ line }) => line),
      pg_ident: identRules(spec).map(({ line }) => line),
    },
  };
}

/**
 * Seconds that a crashed primary may take to come back before a replica takes over. With
 * synchronous replication the replica has every acknowledged row: no wait. In async a start in
 * place loses nothing and a failover may, so crash recovery gets a chance (Patroni's default is 300).
 */
function primaryStartTimeout(mode: string): number | string {
  if (isUnknown(mode)) return UNKNOWN;
  return mode === 'async' ? 30 : 0;
}

/**
 * `strict` is Patroni's quorum mode too, with the least number of replicas held: after a failover the replica that
 * has most takes over, and no other has to be rewound before commits go on. With priorities, the other replica may be
 * ahead of the synchronous one by what was never acknowledged, and writes waited for its pg_rewind
 * (docs/decisions/strict-by-quorum.md).
 */
function synchronous(mode: string, number: number) {
  if (isUnknown(mode)) return { synchronous_mode: UNKNOWN };
  if (mode === 'async') return { synchronous_mode: false };
  return {
    synchronous_mode: mode === 'sync' ? true : 'quorum',
    synchronous_mode_strict: mode === 'strict',
    synchronous_node_count: number,
  };
}

function postgresql(spec: ClusterSpec) {
  const byCertificate = {
    sslmode: 'verify-ca',
    sslcert: tlsFiles.clientCertificate,
    sslkey: tlsFiles.clientKey,
    sslrootcert: tlsFiles.serverAuthority,
  };
  return {
    listen: '*:5432',
    data_dir: directories.data,
    bin_dir: isUnknown(spec.postgresVersion) ? UNKNOWN : directories.binaries(spec.postgresVersion),
    pgpass: `${directories.temporary}/pgpass`,
    use_unix_socket: true,
    use_unix_socket_repl: true,
    // No passwords here: the superuser comes by the socket (peer), the others by certificate.
    authentication: {
      superuser: { username: superuser },
      replication: { username: replicationRole, ...byCertificate },
      rewind: { username: rewindRole, ...byCertificate },
    },
    parameters: { unix_socket_directories: directories.socket },
    ...replicaMethods(spec),
    basebackup: [{ checkpoint: 'fast' }, ...waldir(spec)],
  };
}

/** Only a cluster that has no data yet comes here (patroni/ha.py, bootstrap). */
const restored = {
  method: 'pgbackrest',
  pgbackrest: {
    command: 'python3 /etc/postgres-ha/scripts/bootstrap_restore.py',
    no_params: true,
    // pgBackRest writes restore_command and the target.
    keep_existing_recovery_conf: true,
  },
  post_bootstrap: 'python3 /etc/postgres-ha/scripts/bootstrap_restore.py done',
};

/**
 * How a replica is made, the best way first: from a repository, which costs the primary nothing and takes only
 * what differs from the data that is there; else by base backup. While there is no backup yet the first fails at
 * once, and Patroni goes on to the second.
 */
function replicaMethods(spec: ClusterSpec) {
  if (spec.repositories.length === 0) return { create_replica_methods: ['basebackup'] };
  return {
    create_replica_methods: ['pgbackrest', 'basebackup'],
    pgbackrest: {
      command: 'python3 /etc/postgres-ha/scripts/pgbackrest_replica.py',
      // What is there stays: the restore compares and takes what differs.
      keep_data: true,
      no_params: true,
    },
  };
}

/**
 * The builtin provider's C.UTF-8 sorts by code point, the same for ever: an index never breaks
 * because the image's glibc or ICU sorts otherwise (wiki.postgresql.org/wiki/Locale_data_changes).
 * A column or a database may still ask for a language's collation.
 */
function initdb(spec: ClusterSpec) {
  return [
    { encoding: 'UTF8' },
    { 'locale-provider': 'builtin' },
    { 'builtin-locale': 'C.UTF-8' },
    { locale: 'C.UTF-8' },
    'data-checksums',
    // The volume's group gets at the data through fsGroup; 0750 is the mode PostgreSQL allows with it.
    'allow-group-access',
    { 'auth-local': 'peer' },
    { 'auth-host': 'scram-sha-256' },
    ...waldir(spec),
  ];
}

function waldir(spec: ClusterSpec): { waldir: string }[] {
  return spec.walStorage ? [{ waldir: directories.wal }] : [];
}

export { databasesYaml } from './databases';
