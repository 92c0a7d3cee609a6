/** Names of everything that a cluster consists of: pure functions of the cluster's and the members' names. */
import { createHash } from 'node:crypto';
import { isUnknown, UNKNOWN } from '../cluster/spec';

/** A label key or annotation key of this package. */
export const domain = 'postgres-ha.dev';

export const labels = {
  cluster: `${domain}/cluster`,
  member: `${domain}/member`,
  /** Set by Patroni: `primary` or `replica` (kubernetes.leader_label_value is explicit, since its default changed in Patroni 4). */
  role: `${domain}/role`,
  component: `${domain}/component`,
} as const;

/**
 * What selects the pods of members, and nothing else. Patroni selects by the same labels, its own
 * Endpoints too (kubernetes.labels): one that lacks them does not exist for it.
 */
export function memberLabels(cluster: string): Record<string, string> {
  return { [labels.cluster]: cluster, [labels.component]: 'postgres' };
}

export const annotations = {
  /** On a pod template: the parts of the template that a restart would change, as a JSON map of short texts (manifests/fingerprint.ts). */
  fingerprint: `${domain}/fingerprint`,
  /** On a pod, by its agent: JSON, see config/scripts/agent.py. */
  status: `${domain}/status`,
  /** On what a hibernated cluster has stopped or suspended: the member that led last, the first to start. */
  hibernated: `${domain}/hibernated`,
} as const;

/** Containers of a member's pod, for those who exec in them or read their logs. */
export const containerNames = {
  database: 'database',
  agent: 'agent',
  backup: 'pgbackrest',
  pooler: 'pgbouncer',
  exporter: 'exporter',
} as const;

/** Name of member number `n`, counted from 1. */
export function memberName(cluster: string, n: number): string {
  return `${cluster}-${n}`;
}

/** Members of a cluster with `replicas` replicas: numbers from 1 up, skipping the names in `remove`. */
export function memberNames(cluster: string, replicas: number, remove: readonly string[]): string[] {
  const names: string[] = [];
  for (let n = 1; names.length < replicas + 1; n++) {
    const name = memberName(cluster, n);
    if (!remove.includes(name)) names.push(name);
  }
  return names;
}

/** A member is a StatefulSet of one replica, so its pod has the ordinal 0. Patroni's member name is the pod's name. */
export function podName(member: string): string {
  return `${member}-0`;
}

/** The member of a pod name, or undefined for any other pod. */
export function memberOfPod(pod: string): string | undefined {
  return pod.endsWith('-0') ? pod.slice(0, -2) : undefined;
}

export const names = {
  /** Patroni's scope, and so the leader Endpoints: the primary Service must have the same name. */
  primaryService: (cluster: string) => cluster,
  replicaService: (cluster: string) => `${cluster}-replica`,
  /** Any running member, for read-only work that may lag. */
  anyService: (cluster: string) => `${cluster}-any`,
  /** Headless: gives each member a DNS name. */
  membersService: (cluster: string) => `${cluster}-members`,
  /** Services without a selector that keep Patroni's Endpoints alive (see manifests/services.ts). */
  dcsServices: (cluster: string) => ['config', 'sync', 'failover'].map((suffix) => `${cluster}-${suffix}`),
  serviceAccount: (cluster: string) => cluster,
  role: (cluster: string) => cluster,
  podDisruptionBudget: (cluster: string) => cluster,
  networkPolicy: (cluster: string) => cluster,
  renewal: (cluster: string) => `${cluster}-renew-certificates`,
  /** ConfigMap with the settings; may be edited by hand. Keys: `dcs.yaml`, `databases.yaml`, `MEMBER.yaml`. */
  configMap: (cluster: string) => `${cluster}-config`,
  /** ConfigMap with Patroni's own file. */
  patroniConfigMap: (cluster: string) => `${cluster}-patroni`,
  scriptsConfigMap: (cluster: string) => `${cluster}-scripts`,
  /** ConfigMap that records what was done. */
  journal: (cluster: string) => `${cluster}-journal`,
  lock: (cluster: string) => `${cluster}-lock`,
  caSecret: (cluster: string) => `${cluster}-ca`,
  serverSecret: (cluster: string) => `${cluster}-server`,
  replicationSecret: (cluster: string) => `${cluster}-replication`,
  /** StatefulSet, Service and volume of the repository host; its pod is NAME-repo-0. */
  repositoryHost: (cluster: string) => `${cluster}-repo`,
  /** Where the repositories are, and what opens them: as durable as the backups. */
  repositoriesSecret: (cluster: string) => `${cluster}-repositories`,
  /** pgBackRest's certificate, of servers and clients. */
  backupCertificate: (cluster: string) => `${cluster}-backup-tls`,
  backupConfigMap: (cluster: string) => `${cluster}-pgbackrest`,
  /** ConfigMap with the backup sets, written after each backup. */
  backups: (cluster: string) => `${cluster}-backups`,
  /** Suspended CronJob: what a backup on demand is made from. */
  backupTemplate: (cluster: string) => `${cluster}-backup`,
  firstBackup: (cluster: string, repository: number) => `${cluster}-first-backup-repo${repository}`,
  verify: (cluster: string, repository: number) => `${cluster}-verify-repo${repository}`,
  testRestore: (cluster: string, repository: number) => `${cluster}-test-restore-repo${repository}`,
  /** Secret that tells a new cluster where it is restored from. */
  restoreSecret: (cluster: string) => `${cluster}-restore`,
  /** Deployment, Service, ConfigMap and so on of the pooler. */
  pooler: (cluster: string) => `${cluster}-pooler`,
  poolerCertificate: (cluster: string) => `${cluster}-pooler-tls`,
  dataVolume: (member: string) => `${member}-data`,
  walVolume: (member: string) => `${member}-wal`,
} as const;

/** Ten hexadecimal digits of SHA-256; unknown where the text is. */
export function hash(content: string): string {
  if (isUnknown(content)) return UNKNOWN;
  return createHash('sha256').update(content).digest('hex').slice(0, 10);
}

/** The Secret of a user. Role names can hold what a Kubernetes name can't: then a readable rest and a hash of the role name. */
export function userSecret(cluster: string, user: string): string {
  const plain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(user) && user.length <= 40;
  if (plain) return `${cluster}-user-${user}`;
  const readable = user
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 30)
    .replace(/-+$/, '');
  return `${cluster}-user-${readable ? `${readable}-` : ''}${hash(user).slice(0, 8)}`;
}
