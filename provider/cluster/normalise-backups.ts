/** Repositories, schedules and how backups are made, with every default filled in. */
import { recoveryTarget } from '../config/recovery-target';
import { hash } from '../manifests/names';
import { BackupType, Compression, KeyType, UriStyle } from './args';
import { defaultProcesses, defaultRetention, defaultStorageSize } from './defaults';
import type { ResolvedArgs } from './resolved';
import type { ClusterSpec, RepositorySpec, RestoreSpec, S3Spec, ScheduleSpec } from './spec';
import type { TestRestoreSpec, VerifySpec } from './spec';
import { isUnknown, UNKNOWN } from './spec';

type Given = NonNullable<ResolvedArgs['repositories']>[number];
type Trial = NonNullable<NonNullable<ResolvedArgs['backup']>['testRestore']>[number];

export function backupsOf(
  name: string,
  args: ResolvedArgs,
): Pick<ClusterSpec, 'repositories' | 'schedules' | 'backup' | 'restoreFrom'> {
  const repositories = (args.repositories ?? [{ type: 'local' as const }]).map((given, index) =>
    repository(given, index + 1, args.storage?.size ?? defaultStorageSize),
  );
  const { cipher, cipherSecret, compression, processes, verify = [], testRestore = [] } = args.backup ?? {};
  return {
    repositories,
    ...(args.restoreFrom ? { restoreFrom: restore(args.restoreFrom) } : {}),
    schedules: args.schedules?.map(schedule) ?? repositories.flatMap((one) => usual(name, one)),
    backup: {
      cipher: cipher ?? cipherSecret !== undefined,
      ...(cipherSecret === undefined ? {} : { cipherSecret }),
      compression: compression ?? Compression.zst,
      processes: processes ?? defaultProcesses,
      verify: verify.map(time),
      testRestore: testRestore.map((given) => trial(given, args.storage?.size ?? defaultStorageSize)),
    },
  };
}

function repository(given: Given, number: number, dataSize: string): RepositorySpec {
  const { full, days, diff } = given.retention ?? {};
  const retention = {
    ...(days === undefined
      ? { by: 'count' as const, full: full ?? defaultRetention }
      : { by: 'time' as const, full: days }),
    ...(diff === undefined ? {} : { diff }),
  };
  if (given.type === 's3') return { number, s3: s3(given), retention };
  const { size = dataSize, storageClass } = given;
  return { number, local: { size, ...(storageClass === undefined ? {} : { storageClass }) }, retention };
}

function restore(given: NonNullable<ResolvedArgs['restoreFrom']>): RestoreSpec {
  const { cluster, path, cipherSecret, repository: number = 1 } = given;
  const optional = { cluster, path, cipherSecret };
  return {
    repository: number,
    ...recoveryTarget(given),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

function s3(given: Given): S3Spec {
  const { bucket = '', region = '', endpoint, prefix = '', uriStyle, verifyTls, keyType } = given;
  // The region's own: the global one is in us-east-1, and not every region takes its tokens.
  const regional = keyType === KeyType.webId && endpoint === undefined ? awsHost('sts', region) : undefined;
  const optional = { caSecret: given.caSecret, roleArn: given.roleArn, stsHost: given.stsHost ?? regional };
  const present = Object.entries({ ...optional, credentialsSecret: given.credentialsSecret });
  return {
    bucket,
    region,
    endpoint: endpoint ?? awsEndpoint(region),
    prefix: trimmed(prefix),
    uriStyle: uriStyle ?? (endpoint === undefined ? UriStyle.host : UriStyle.path),
    verifyTls: verifyTls ?? true,
    keyType: keyType ?? KeyType.shared,
    ...Object.fromEntries(present.filter(([, value]) => value !== undefined)),
  };
}

/** Text without slashes at its ends. What is not a text yet stays: the component reads only what is plain. */
function trimmed(prefix: string): string {
  return typeof prefix === 'string' ? prefix.replace(/^\/+|\/+$/g, '') : prefix;
}

export function awsEndpoint(region: string): string {
  return awsHost('s3', region);
}

/** Regions in China have a domain of their own (AWS General Reference, "Amazon S3 endpoints and quotas"). */
function awsHost(service: 's3' | 'sts', region: string): string {
  if (typeof region !== 'string' || isUnknown(region)) return UNKNOWN;
  return `${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function schedule(given: NonNullable<ResolvedArgs['schedules']>[number]): ScheduleSpec {
  return { type: given.type, ...time(given) };
}

function time(given: { repository?: number; cron: string; timeZone?: string }): VerifySpec {
  const { repository = 1, cron, timeZone = 'Etc/UTC' } = given;
  const plain = typeof cron === 'string' && !isUnknown(cron);
  return { repository, cron: plain ? cron.trim().replace(/\s+/g, ' ') : cron, timeZone };
}

function trial(given: Trial, dataSize: string): TestRestoreSpec {
  const { size = dataSize, storageClass, database = 'postgres', query } = given;
  return {
    ...time(given),
    volume: { size, ...(storageClass === undefined ? {} : { storageClass }) },
    database,
    ...(query === undefined ? {} : { query }),
  };
}

/** Without backups the archive would grow for ever. At a time of night that follows from the name, so that many clusters do not run at once. */
function usual(name: string, { number }: RepositorySpec): ScheduleSpec[] {
  const n = parseInt(hash(`${name}/backup/${number}`), 16);
  const at = `${n % 60} ${1 + (Math.floor(n / 60) % 4)} * *`;
  const of = { repository: number, timeZone: 'Etc/UTC' };
  return [
    { ...of, type: BackupType.full, cron: `${at} 0` },
    { ...of, type: BackupType.incr, cron: `${at} 1-6` },
  ];
}
