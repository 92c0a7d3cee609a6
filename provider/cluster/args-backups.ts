/** What a stack author writes about backups; part of `PostgresClusterArgs` (args.ts). */
import type { Input } from '@pulumi/pulumi';

/** Where a repository of backups lies. */
export const RepositoryType = {
  /** On a volume of its own, behind a repository host in the cluster's namespace. */
  local: 'local',
  /** The same as `local`. */
  posix: 'posix',
  /** In a bucket of S3, or of anything that speaks its protocol. */
  s3: 's3',
} as const;
export type RepositoryType = (typeof RepositoryType)[keyof typeof RepositoryType];

/** How pgBackRest logs in to S3. */
export const KeyType = {
  /** With a key and its secret. */
  shared: 'shared',
  /** By the ServiceAccount's token: IRSA on EKS. */
  webId: 'web-id',
  /** By EKS Pod Identity. */
  podId: 'pod-id',
  /** By the instance metadata of the node. It does not see IRSA. */
  auto: 'auto',
} as const;
export type KeyType = (typeof KeyType)[keyof typeof KeyType];

/** How a bucket is named in a URL. */
export const UriStyle = {
  /** `BUCKET.ENDPOINT`: what AWS wants. */
  host: 'host',
  /** `ENDPOINT/BUCKET`: what most other servers want. */
  path: 'path',
} as const;
export type UriStyle = (typeof UriStyle)[keyof typeof UriStyle];

/** What a backup holds. */
export const BackupType = {
  /** Everything. */
  full: 'full',
  /** What changed since the last full one. */
  diff: 'diff',
  /** What changed since the last one of any kind. */
  incr: 'incr',
} as const;
export type BackupType = (typeof BackupType)[keyof typeof BackupType];

/** How backups and WAL are compressed. */
export const Compression = {
  /** Zstandard: the best of size and speed. */
  zst: 'zst',
  /** Less CPU, larger. */
  lz4: 'lz4',
  /** For tools that know nothing else. */
  gz: 'gz',
  /** Not at all. */
  none: 'none',
} as const;
export type Compression = (typeof Compression)[keyof typeof Compression];

/** How long backups are kept. WAL is kept from the oldest full backup on. */
export interface RetentionArgs {
  /** Number of full backups, 1 or more. Default: 2, unless `days` is given. */
  full?: Input<number>;
  /** Instead of a number: full backups of so many days, and the last one before them. */
  days?: Input<number>;
  /** Number of differential backups, 1 or more. Default: as long as the full one they need. */
  diff?: Input<number>;
}

/** A repository: a place for backups and for the WAL archive. */
export interface RepositoryArgs {
  /** `local` or `s3`. */
  type: RepositoryType;
  /** For `local`: size of the volume; it can grow. Default: the size of the data volume. */
  size?: Input<string>;
  /** For `local`: storage class. Default: the cluster's default class. It can't be changed later. */
  storageClass?: Input<string>;
  /** For `s3`: the bucket. */
  bucket?: Input<string>;
  /** For `s3`: the region, for example "eu-central-1". */
  region?: Input<string>;
  /** For `s3`: host, and port where it is not 443, of the server. Default: that of AWS in `region`. */
  endpoint?: Input<string>;
  /** For `s3`: beginning of every path in the bucket. The cluster's name and a generation of its own follow. Default: none. */
  prefix?: Input<string>;
  /** For `s3`: `host` or `path`. Default: `host` on AWS, `path` with `endpoint`. */
  uriStyle?: Input<UriStyle>;
  /** For `s3`: Secret whose key `ca.crt` is the CA of the server's certificate. Default: the image's CAs. */
  caSecret?: Input<string>;
  /** For `s3`: whether the server's certificate is checked. Default: true. */
  verifyTls?: Input<boolean>;
  /** For `s3`: `shared`, `web-id` (IRSA), `pod-id` (EKS Pod Identity) or `auto` (instance metadata). Default: `shared` when keys are given. */
  keyType?: Input<KeyType>;
  /** For `s3` with `web-id`: ARN of the role that the cluster's pods take on, with a token of their ServiceAccount. Another role restarts the members, one after another. */
  roleArn?: Input<string>;
  /** For `s3` with `web-id`: host of the security token service. Default: that of AWS in `region`; with `endpoint`, sts.amazonaws.com. */
  stsHost?: Input<string>;
  /** For `s3` with `shared`: Secret with the keys `key` and `keySecret`. It is read when the cluster is made, when the repositories change, and by `pulumi up --refresh`: other keys reach pgBackRest within two minutes, and nothing restarts. */
  credentialsSecret?: Input<string>;
  /** For `s3` with `shared`: access key (secret). */
  key?: Input<string>;
  /** For `s3` with `shared`: secret of the access key (secret). */
  keySecret?: Input<string>;
  /** How long backups are kept. Default: two full ones. */
  retention?: RetentionArgs;
}

/** When a backup is taken. */
export interface ScheduleArgs {
  /** `full`, `diff` or `incr`. */
  type: BackupType;
  /** Number of the repository in `repositories`, from 1. Default: 1. */
  repository?: number;
  /** Cron expression of five fields: minute, hour, day of the month, month, day of the week (0 to 6, Sunday is 0). */
  cron: Input<string>;
  /** Name of a time zone, for example "Europe/Berlin". Default: "Etc/UTC". */
  timeZone?: Input<string>;
}

/** How far a restore goes: one target at most. Without one, to the end of the archive. */
export interface RecoveryTargetArgs {
  /** Label of a backup, for example "20261124-074723F". Default: the newest that the target allows. */
  backup?: Input<string>;
  /** Up to this time, with a zone: "2026-11-24 07:50:00+00". One target at most; default: to the end of the archive. */
  time?: Input<string>;
  /** Up to this position in WAL: "0/5000050". */
  lsn?: Input<string>;
  /** Up to this transaction. */
  xid?: Input<string>;
  /** Up to this restore point (pg_create_restore_point). */
  name?: Input<string>;
  /** Only until the backup is consistent. */
  immediate?: Input<boolean>;
  /** Without a target: to end where WAL is missing in the repository, if it is, and go into production without what was committed after it. Default: false, it is refused. */
  untilGap?: Input<boolean>;
  /** Timeline that recovery follows: `latest`, `current` (that of the backup), or its number. Default: `latest`, and `current` with `immediate`. */
  timeline?: Input<string>;
}

/** What a new cluster is made from. It is read when the cluster is made, and ignored from then on. */
export interface RestoreFromArgs extends RecoveryTargetArgs {
  /** Name of another cluster of the namespace whose backups are taken; it may still run. Give this or `path`. */
  cluster?: Input<string>;
  /** Path of the backups of a cluster that may be gone: "PREFIX/CLUSTER/GENERATION", in one of this cluster's own `repositories`. */
  path?: Input<string>;
  /** Secret whose key `passphrase` opens what is at `path`, if it is encrypted. */
  cipherSecret?: Input<string>;
  /** Number of the repository: with `cluster` of its repositories, with `path` of this cluster's. Default: 1. */
  repository?: Input<number>;
}

/** When all of a repository is read and compared with its checksums (`pgbackrest verify`). It costs reading every byte. */
export interface VerifyArgs {
  /** Number of the repository in `repositories`, from 1. Default: 1. */
  repository?: number;
  /** Cron expression of five fields, as in `schedules`. */
  cron: Input<string>;
  /** Name of a time zone. Default: "Etc/UTC". */
  timeZone?: Input<string>;
}

/**
 * When the newest backup of a repository is restored for trial, into a pod and a volume that are gone afterwards:
 * PostgreSQL starts on it, replays WAL to the end of the archive, and answers a query. The cluster is not touched.
 */
export interface TestRestoreArgs {
  /** Number of the repository in `repositories`, from 1. Default: 1. */
  repository?: number;
  /** Cron expression of five fields, as in `schedules`. */
  cron: Input<string>;
  /** Name of a time zone. Default: "Etc/UTC". */
  timeZone?: Input<string>;
  /** Size of the volume that it is restored to. Default: the size of the data volume. */
  size?: Input<string>;
  /** Storage class of that volume. Default: the cluster's default class. */
  storageClass?: Input<string>;
  /** One statement in SQL, read only. No row, null, false or an error fails the trial; else the first value is published, for whoever may read the ConfigMap. Default: none. */
  query?: Input<string>;
  /** Database that the query runs in. Default: `postgres`. */
  database?: Input<string>;
}

/** How backups are made, in every repository, and how they are proved. */
export interface BackupSettingsArgs {
  /** Whether repositories are encrypted (AES-256). It can't be changed later. Default: false, or true with `cipherSecret`. */
  cipher?: Input<boolean>;
  /** Secret whose key `passphrase` encrypts the repositories. Default: generated, and kept as long as the backups. */
  cipherSecret?: Input<string>;
  /** `zst`, `lz4`, `gz` or `none`. Default: `zst`. */
  compression?: Input<Compression>;
  /** Processes that copy and compress, 1 to 64. Default: 2. */
  processes?: Input<number>;
  /** When repositories are verified, one schedule for each at most. Default: never. */
  verify?: VerifyArgs[];
  /** When backups are restored for trial, one schedule for each repository at most. Default: never. */
  testRestore?: TestRestoreArgs[];
}
