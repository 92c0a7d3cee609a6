/**
 * The one normalised, plain description of a cluster that every part shares: manifests,
 * configuration, planners. Every default is filled in, nothing is an Output, and nothing
 * in it is secret. A string may be `UNKNOWN` (below) in a preview.
 */
import type {
  AntiAffinity,
  BackupType,
  Compression,
  DeletionPolicy,
  RemovedData,
  RestartPolicy,
  KeyType,
  PoolMode,
  Synchronous,
  UriStyle,
} from './args';

export interface ClusterSpec {
  readonly name: string;
  readonly namespace: string;
  /** Names of the members, in order: `hippo-1`, `hippo-3`. */
  readonly members: readonly string[];
  readonly synchronous: { readonly mode: Synchronous; readonly number: number };
  readonly postgresVersion: number;
  readonly image: {
    readonly name: string;
    readonly pullPolicy: string;
    readonly pullSecrets: readonly string[];
  };
  readonly users: readonly UserSpec[];
  readonly databases: readonly DatabaseSpec[];
  readonly config: {
    /** What the user gave; config/parameters.ts makes the whole set of it. Names in lower case. */
    readonly parameters: Readonly<Record<string, string>>;
    readonly memberParameters: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly hba: readonly string[];
    readonly ident: readonly string[];
  };
  readonly patroni: {
    readonly ttl: number;
    readonly loopWait: number;
    readonly retryTimeout: number;
    readonly failsafeMode: boolean;
    readonly maximumLagOnFailover: number;
  };
  readonly storage: VolumeSpec;
  readonly walStorage?: VolumeSpec;
  /** Empty: no backups, and no WAL archive. */
  readonly repositories: readonly RepositorySpec[];
  readonly schedules: readonly ScheduleSpec[];
  readonly backup: {
    readonly cipher: boolean;
    /** Absent: generated where `cipher` is on. */
    readonly cipherSecret?: string;
    readonly compression: Compression;
    readonly processes: number;
    readonly verify: readonly VerifySpec[];
    readonly testRestore: readonly TestRestoreSpec[];
  };
  readonly restoreFrom?: RestoreSpec;
  readonly pooler?: PoolerSpec;
  readonly metrics?: MetricsSpec;
  readonly resources: { readonly cpu: string; readonly cpuLimit?: string; readonly memory: string };
  readonly scheduling: {
    readonly nodeSelector: Readonly<Record<string, string>>;
    readonly tolerations: readonly TolerationSpec[];
    readonly antiAffinity: AntiAffinity;
    readonly topologyKey: string;
    readonly priorityClass?: string;
  };
  readonly service: { readonly type: string; readonly annotations: Readonly<Record<string, string>> };
  readonly networkPolicy: {
    readonly enabled: boolean;
    readonly fromNamespaces?: Readonly<Record<string, string>>;
    readonly fromPods?: Readonly<Record<string, string>>;
  };
  readonly tls: { readonly serverSecret?: string; readonly certificateDays: number };
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly deletionPolicy: DeletionPolicy;
  readonly removedData: RemovedData;
  readonly restartPolicy: RestartPolicy;
}

export interface UserSpec {
  readonly name: string;
  readonly databases: readonly string[];
  readonly options: readonly string[];
  readonly connectionLimit?: number;
}

export interface DatabaseSpec {
  readonly name: string;
  readonly owner: string;
  readonly extensions: readonly string[];
}

export interface VolumeSpec {
  readonly size: string;
  readonly storageClass?: string;
}

export interface RepositorySpec {
  /** pgBackRest's number of it, from 1. */
  readonly number: number;
  /** Exactly one of the two. */
  readonly local?: VolumeSpec;
  readonly s3?: S3Spec;
  readonly retention: { readonly by: 'count' | 'time'; readonly full: number; readonly diff?: number };
}

export interface S3Spec {
  readonly bucket: string;
  readonly region: string;
  /** Host and port. */
  readonly endpoint: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly uriStyle: UriStyle;
  readonly caSecret?: string;
  readonly verifyTls: boolean;
  readonly keyType: KeyType;
  readonly roleArn?: string;
  readonly stsHost?: string;
  readonly credentialsSecret?: string;
}

export interface RestoreSpec {
  /** One of the two. */
  readonly cluster?: string;
  readonly path?: string;
  readonly cipherSecret?: string;
  readonly repository: number;
  readonly backup?: string;
  /** pgBackRest's type and target. */
  readonly type: 'default' | 'time' | 'lsn' | 'xid' | 'name' | 'immediate';
  readonly target?: string;
  readonly timeline?: string;
  readonly untilGap?: boolean;
}

export interface ScheduleSpec {
  readonly type: BackupType;
  readonly repository: number;
  readonly cron: string;
  readonly timeZone: string;
}

export interface VerifySpec {
  readonly repository: number;
  readonly cron: string;
  readonly timeZone: string;
}

export interface TestRestoreSpec extends VerifySpec {
  readonly volume: VolumeSpec;
  readonly database: string;
  readonly query?: string;
}

export interface PoolerSpec {
  readonly replicas: number;
  readonly mode: PoolMode;
  readonly poolSize: number;
  readonly maxClientConnections: number;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly resources: { readonly cpu: string; readonly memory: string };
}

export interface MetricsSpec {
  readonly database: string;
  readonly resources: { readonly cpu: string; readonly memory: string };
}

export interface TolerationSpec {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

/** The value by which Pulumi's protocol carries "not known before `up`", of whatever type (pulumi/pulumi#6310). */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Whether a value, or a text made with it, is not known yet. Numbers and booleans that are unknown arrive as this text too. */
export function isUnknown(value: unknown): boolean {
  return typeof value === 'string' && value.includes(UNKNOWN);
}
