/**
 * What a stack author writes. These types become the package's schema, so they keep to what
 * Pulumi's analyzer can carry (interfaces, `as const` enums, no literal unions: see
 * docs/decisions/arguments.md). What decides *which resources exist* is plain; everything
 * else may be an Output.
 */
import type { Input } from '@pulumi/pulumi';
import type { BackupSettingsArgs, RepositoryArgs, RestoreFromArgs, ScheduleArgs } from './args-backups';
import type { MetricsArgs } from './args-metrics';
import type { PoolerArgs } from './args-pooler';

export * from './args-backups';
export * from './args-metrics';
export * from './args-pooler';

/** How a commit is replicated before it is acknowledged. */
export const Synchronous = {
  /** Commits do not wait for a replica. A failover may lose up to `maximumLagOnFailover` bytes of WAL. */
  async: 'async',
  /** Commits wait for a synchronous replica while there is one; without any, the primary goes on alone. */
  sync: 'sync',
  /** Commits always wait for a synchronous replica; without any, writes wait. No acknowledged row is lost with one member. */
  strict: 'strict',
  /** Commits wait for any `synchronousNumber` of the replicas (`ANY n (…)`), so one slow replica costs nothing. */
  quorum: 'quorum',
} as const;
export type Synchronous = (typeof Synchronous)[keyof typeof Synchronous];

/** What `pulumi destroy` does with data volumes, passwords and certificates. */
export const DeletionPolicy = {
  /** Volumes and Secrets stay; a cluster of the same name takes them up again. */
  retain: 'retain',
  /** Volumes and Secrets are deleted with the cluster. */
  delete: 'delete',
} as const;
export type DeletionPolicy = (typeof DeletionPolicy)[keyof typeof DeletionPolicy];

/** Who restarts PostgreSQL when a change needs it, and how. */
export const RestartPolicy = {
  /** Replicas first, one at a time, then a switchover, then the old primary: writes wait once, for about two seconds. */
  rolling: 'rolling',
  /** As rolling, but PostgreSQL of the primary restarts in place, without a switchover: writes are refused until it has started again, some seconds. Pods that must be replaced are replaced as in rolling. */
  inPlace: 'inPlace',
  /** Nothing that runs is restarted or replaced. What waits for it is shown by the preview and by `pgha status`; a later `up` with another policy does it. */
  manual: 'manual',
} as const;
export type RestartPolicy = (typeof RestartPolicy)[keyof typeof RestartPolicy];

/** What becomes of the volumes of a member that leaves, by a smaller `replicas` or by `remove`. */
export const RemovedData = {
  /** They stay, and are taken up when the member comes back. */
  retain: 'retain',
  /** They are deleted with the member, once the rollout's plan, which names each of them, is approved by `approvedPlan`. */
  delete: 'delete',
} as const;
export type RemovedData = (typeof RemovedData)[keyof typeof RemovedData];

/** How strictly members are kept apart. */
export const AntiAffinity = {
  /** Members go to different nodes where that is possible. */
  preferred: 'preferred',
  /** A member that finds no node of its own stays Pending. */
  required: 'required',
  /** Members may share a node. */
  disabled: 'disabled',
} as const;
export type AntiAffinity = (typeof AntiAffinity)[keyof typeof AntiAffinity];

/** A PostgreSQL login role and the databases that it may use. */
export interface UserArgs {
  /** Role name, 1 to 63 bytes; any characters but control characters, not starting with `pg_`, and not a role that the cluster uses itself (postgres, replicator, rewind, pooler, and exporter with `metrics`). */
  name: Input<string>;
  /** Password (secret). Default: 24 random characters, generated once and kept in the Secret. */
  password?: Input<string>;
  /** Databases this user may connect to and create objects in; the first one is in the connection strings. Default: every database whose owner is this user, else `postgres`. */
  databases?: Input<Input<string>[]>;
  /** Role options, for example `CREATEDB`. Allowed: CREATEDB, CREATEROLE, REPLICATION, BYPASSRLS, NOINHERIT. Default: none. */
  options?: Input<Input<string>[]>;
  /** Greatest number of connections of this user. Default: no limit. */
  connectionLimit?: Input<number>;
}

/** A database that exists in the cluster. It is never dropped by this package. */
export interface DatabaseArgs {
  /** Database name, 1 to 63 bytes. */
  name: Input<string>;
  /** The owner: one of `users`, or `postgres`. Default: `postgres`. */
  owner?: Input<string>;
  /** Extensions created in it, for example `pg_stat_statements`. Default: none. */
  extensions?: Input<Input<string>[]>;
}

/** Settings of PostgreSQL. */
export interface ConfigArgs {
  /** Parameters of every member, by name; values as in postgresql.conf ("64MB", "on", "100"). Parameters that the cluster itself must own are refused. */
  parameters?: Input<{ [name: string]: Input<string> }>;
  /** Parameters of single members, by member name (`hippo-2`) and parameter name. */
  memberParameters?: Input<{ [member: string]: Input<{ [name: string]: Input<string> }> }>;
  /** pg_hba.conf lines, put after the cluster's own rules and before the default ones. */
  hba?: Input<Input<string>[]>;
  /** pg_ident.conf lines. */
  ident?: Input<Input<string>[]>;
}

/** Timing of failure detection. The defaults suit most; see docs/failover.md before you change them. */
export interface PatroniArgs {
  /** Seconds until a leader that is not heard of loses the lock; 20 or more, and at least loopWait + 2·retryTimeout. Default: 20. */
  ttl?: Input<number>;
  /** Seconds between two rounds of Patroni; 1 or more. Default: 2. */
  loopWait?: Input<number>;
  /** Seconds that Kubernetes API and PostgreSQL operations are retried before the leader demotes; 3 or more. Default: 9. */
  retryTimeout?: Input<number>;
  /** The primary goes on while the Kubernetes API is away, as long as it reaches every member. Default: true. */
  failsafeMode?: Input<boolean>;
  /** Bytes of WAL that a replica may lag and still be promoted in `async`. Default: 1048576. */
  maximumLagOnFailover?: Input<number>;
}

/** A volume of each member. */
export interface VolumeArgs {
  /** Size as a Kubernetes quantity, for example "100Gi". It can grow, online; it never shrinks. */
  size?: Input<string>;
  /** Storage class. Default: the cluster's default class. It can't be changed later. */
  storageClass?: Input<string>;
}

/** CPU and memory of a member's database container, as Kubernetes quantities. */
export interface ResourcesArgs {
  /** Guaranteed CPU, for example "500m". Default: "100m". */
  cpu?: Input<string>;
  /** Most CPU. Default: no limit. */
  cpuLimit?: Input<string>;
  /** Memory, both guaranteed and the limit, for example "4Gi"; PostgreSQL's memory settings are derived from it. Default: "512Mi". */
  memory?: Input<string>;
}

/** A toleration, as in a pod. */
export interface TolerationArgs {
  /** Taint key. */
  key?: Input<string>;
  /** `Equal` or `Exists`. Default: `Equal`. */
  operator?: Input<string>;
  /** Taint value. */
  value?: Input<string>;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. Default: all. */
  effect?: Input<string>;
  /** For NoExecute: seconds until eviction. */
  tolerationSeconds?: Input<number>;
}

/** Where members run. */
export interface SchedulingArgs {
  /** Labels a node must have. */
  nodeSelector?: Input<{ [label: string]: Input<string> }>;
  /** Taints that members tolerate. */
  tolerations?: Input<Input<TolerationArgs>[]>;
  /** How strictly members are kept on different nodes. Default: preferred. */
  antiAffinity?: Input<AntiAffinity>;
  /** Node label over whose values members are spread evenly, where possible, for example `topology.kubernetes.io/zone` (the default). */
  topologyKey?: Input<string>;
  /** Priority class of the pods. Default: none. */
  priorityClass?: Input<string>;
}

/** The primary, replica and any Services. */
export interface ServiceArgs {
  /** `ClusterIP`, `NodePort` or `LoadBalancer`. Default: `ClusterIP`. */
  type?: Input<string>;
  /** Annotations of the Services, for example for a load balancer. */
  annotations?: Input<{ [name: string]: Input<string> }>;
}

/** Which pods may connect. */
export interface NetworkPolicyArgs {
  /** Whether NetworkPolicies are made. Default: true. */
  enabled?: boolean;
  /** Labels of namespaces (besides the cluster's own) whose pods may connect to PostgreSQL. Default: every namespace. */
  fromNamespaces?: Input<{ [label: string]: Input<string> }>;
  /** Labels of pods that may connect to PostgreSQL. Default: every pod. */
  fromPods?: Input<{ [label: string]: Input<string> }>;
}

/** Labels and annotations put on every object of the cluster. */
export interface MetadataArgs {
  /** Labels. Those of this package (`postgres-ha.dev/…`, `app.kubernetes.io/…`) are refused. */
  labels?: Input<{ [name: string]: Input<string> }>;
  /** Annotations. */
  annotations?: Input<{ [name: string]: Input<string> }>;
}

/** Certificates. Without `serverSecret` the cluster has its own CA, and renews its certificates itself. */
export interface TlsArgs {
  /** Name of a Secret with `tls.crt`, `tls.key` and `ca.crt` (as cert-manager writes it) for the servers. Default: issued by the cluster's own CA. */
  serverSecret?: Input<string>;
  /** Days that an issued certificate is valid, 1 to 825; it is renewed after two thirds of them. Default: 90. */
  certificateDays?: Input<number>;
}

/** Arguments of a `PostgresCluster`. */
export interface PostgresClusterArgs {
  /** Namespace, which must exist. Default: `default`. */
  namespace?: Input<string>;
  /** Number of replicas besides the primary, 0 to 20. Default: 1. */
  replicas?: number;
  /** Names of members that must not exist (`hippo-2`), so that any replica can be the one that goes. Default: none. */
  remove?: string[];
  /** What becomes of the volumes of members that leave in an update. Those that left earlier are not touched. Default: retain. */
  removedData?: Input<RemovedData>;
  /** How changes that need a restart are carried out. Default: rolling. */
  restartPolicy?: Input<RestartPolicy>;
  /** Replication mode. Default: async. */
  synchronous?: Input<Synchronous>;
  /** Number of replicas a commit waits for in sync, strict and quorum. Default: 1. */
  synchronousNumber?: Input<number>;
  /** PostgreSQL major version in the image: 17 or 18. Default: 18. */
  postgresVersion?: Input<number>;
  /** Container image (contract: image/README.md). */
  image?: Input<string>;
  /** When the image is pulled: `Always`, `IfNotPresent` or `Never`. Default: `IfNotPresent`. */
  imagePullPolicy?: Input<string>;
  /** Names of Secrets for a private registry. */
  imagePullSecrets?: Input<Input<string>[]>;
  /** Password of the superuser `postgres` (secret). Default: generated. */
  superuserPassword?: Input<string>;
  /** Login roles; each gets a Secret `NAME-user-ROLE` with every form of the connection. Default: none. */
  users?: UserArgs[];
  /** Databases. Default: none besides `postgres`. */
  databases?: DatabaseArgs[];
  /** PostgreSQL's settings. */
  config?: ConfigArgs;
  /** Failure detection. */
  patroni?: PatroniArgs;
  /** Data volume. Default: 10Gi of the default class. */
  storage?: VolumeArgs;
  /** A volume of its own for WAL. Default: WAL is on the data volume. Can't be added or removed later. */
  walStorage?: VolumeArgs;
  /** Repositories of backups and WAL, at most 4, at most one of them `local`. `[]`: none, and no WAL is kept. Default: one `local`. */
  repositories?: RepositoryArgs[];
  /** When backups are taken, besides the first full one of each repository. Default: for each repository, full on Sundays and incremental on all other days, at night (UTC). */
  schedules?: ScheduleArgs[];
  /** How backups are made. */
  backup?: BackupSettingsArgs;
  /** Makes the cluster from backups instead of an empty one. Default: an empty one. */
  restoreFrom?: RestoreFromArgs;
  /** A pool of connections before the primary. Default: none. */
  pooler?: PoolerArgs;
  /** Metrics of PostgreSQL for Prometheus. Default: none; those of the cluster and its backups are always there. */
  metrics?: MetricsArgs;
  /** CPU and memory. */
  resources?: ResourcesArgs;
  /** Where members run. */
  scheduling?: SchedulingArgs;
  /** The Services. */
  service?: ServiceArgs;
  /** Network policies. */
  networkPolicy?: NetworkPolicyArgs;
  /** Certificates. */
  tls?: TlsArgs;
  /** Labels and annotations. */
  metadata?: MetadataArgs;
  /** What becomes of data and credentials on destroy. Default: retain. */
  deletionPolicy?: Input<DeletionPolicy>;
  /** Digest of the rollout's plan that `up` may perform, as the preview printed it in the rollout's row. Default: any plan. */
  approvedPlan?: Input<string>;
  /** Kubeconfig, as a path or as its content (secret), for the work that is not done through the Kubernetes provider. Default: the ambient one, as kubectl finds it. */
  kubeconfig?: Input<string>;
  /** Context of the kubeconfig. Default: its current one. */
  context?: Input<string>;
}
