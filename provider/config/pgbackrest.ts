/**
 * pgBackRest's configuration: what is not secret. Where a repository's path is and what opens it lies in the
 * Secret `NAME-repositories` (repository-secrets.ts), which pgBackRest reads from its include path.
 *
 * Every process has one file for the repositories that it uses. A dead repository holds up all that is done by
 * a process that knows it: so WAL is pushed, and backups are taken, by processes that know one repository each.
 */
import type { ClusterSpec, RepositorySpec, S3Spec } from '../cluster/spec';
import { isUnknown, UNKNOWN } from '../cluster/spec';
import { names, podName } from '../manifests/names';
import { backupFiles, directories } from './files';
import { parseQuantity } from './quantity';

/** Name of the stanza: a repository path holds one cluster. */
export const stanza = 'db';
export const backupPort = 8432;
/** Common name of the certificate by which every process of pgBackRest knows every other. */
export const backupRole = 'pgbackrest';

/**
 * Blocks of two pages in every file from 11 MiB on. pgBackRest's own sizes grow to 88 KiB in the 1 GiB files of a large
 * table, so that its map is no larger than one block: then each scattered page that has changed costs eleven.
 * docs/decisions/block-size.md
 */
const blockSizes = ['16KiB=8KiB', '11MiB=16KiB'];

type Options = readonly (readonly [name: string, value: string | number])[];

/** Files of ConfigMap `NAME-pgbackrest`. Empty without repositories. */
export function pgbackrestFiles(spec: ClusterSpec): Record<string, string> {
  const { repositories } = spec;
  if (repositories.length === 0) return {};
  const files: Record<string, string> = { 'member.conf': member(spec, repositories) };
  for (const one of repositories) {
    files[`member-${one.number}.conf`] = member(spec, [one]);
    files[`job-${one.number}.conf`] = job(spec, one);
    if (one.local) files['host.conf'] = host(spec, one);
    if (spec.backup.testRestore.some(({ repository }) => repository === one.number))
      files[`test-restore-${one.number}.conf`] = testRestore(spec, one);
  }
  return files;
}

/** In a member: WAL to and from repositories, restore, and the server that a backup reads the data from. */
function member(spec: ClusterSpec, repositories: readonly RepositorySpec[]): string {
  const only = repositories.length < spec.repositories.length ? repositories[0]!.number : undefined;
  // Each process that pushes has locks and marks of its own.
  const own = only === undefined ? '' : `/repo${only}`;
  return file([
    [
      'global',
      [
        ...common(spec),
        ['lock-path', `${directories.temporary}/pgbackrest${own}`],
        ['spool-path', `${directories.spool}${own}`],
        ['archive-async', 'y'],
        ...server(),
        ...repositories.flatMap((one) => (one.local ? remote(spec, one) : s3(one))),
        ...repositories.flatMap((one) => cipher(spec, one)),
      ],
    ],
    [
      'global:archive-push',
      [
        ['process-max', spec.backup.processes],
        // Against a server that swallows packets; PostgreSQL tries again, for as long as the queue allows.
        ['io-timeout', 20],
        // PostgreSQL's stop waits for its archiver, which tries three times.
        ['archive-timeout', 20],
        ['archive-push-queue-max', queueMax(spec)],
        // The queue is looked at between such batches (reference, archive-push-batch-size).
        ['archive-push-batch-size', '1GiB'],
      ],
    ],
    [
      'global:archive-get',
      [
        ['process-max', spec.backup.processes],
        // A replica asks for WAL before it is promoted: a dead repository must not hold that up for a minute.
        ['io-timeout', 5],
      ],
    ],
    [
      stanza,
      [
        ['pg1-path', directories.data],
        ['pg1-socket-path', directories.socket],
      ],
    ],
  ]);
}

/** Where backups are taken: reads from the members, writes to one repository. */
function job(spec: ClusterSpec, repository: RepositorySpec): string {
  const { number, retention, local } = repository;
  return file([
    [
      'global',
      [
        ...common(spec),
        ['log-level-console', 'info'],
        // With a local repository on its volume, so that no two processes write to it at once.
        ['lock-path', local ? `${directories.repository}/.lock` : `${directories.temporary}/pgbackrest`],
        ['start-fast', 'y'],
        ['backup-standby', 'prefer'],
        // PostgreSQL's checksums need no second look at every block when only times have changed.
        ['delta', 'y'],
        ...(local ? [] : s3(repository)),
        ...cipher(spec, repository),
        [`repo${number}-bundle`, 'y'],
        [`repo${number}-block`, 'y'],
        ...blockSizes.map((size) => [`repo${number}-block-size-map`, size] as const),
        [`repo${number}-retention-full-type`, retention.by],
        [`repo${number}-retention-full`, retention.full],
        ...(retention.diff === undefined ? [] : [[`repo${number}-retention-diff`, retention.diff] as const]),
      ],
    ],
    [stanza, spec.members.flatMap((name, index) => source(spec, name, index + 1))],
  ]);
}

/** Where a backup is restored for trial: reads one repository, writes to a directory of its own (scripts/test_restore.py). */
function testRestore(spec: ClusterSpec, repository: RepositorySpec): string {
  return file([
    [
      'global',
      [
        ...common(spec),
        ['lock-path', `${directories.temporary}/pgbackrest`],
        ['spool-path', `${directories.temporary}/spool`],
        ...(repository.local ? [] : s3(repository)),
        ...cipher(spec, repository),
      ],
    ],
    [stanza, [['pg1-path', `${directories.testRestore}/data`]]],
  ]);
}

/** The repository host: lets members push WAL and read backups. */
function host(spec: ClusterSpec, repository: RepositorySpec): string {
  return file([
    [
      'global',
      [
        ...common(spec),
        ['lock-path', `${directories.temporary}/pgbackrest`],
        ...server(),
        ...cipher(spec, repository),
      ],
    ],
  ]);
}

function common(spec: ClusterSpec): Options {
  return [
    // The container's output is the log.
    ['log-level-file', 'off'],
    ['compress-type', spec.backup.compression],
    // pgBackRest's own default for zst; gz would be far slower at its default 6.
    ...(isUnknown(spec.backup.compression) || spec.backup.compression === 'none'
      ? []
      : [['compress-level', spec.backup.compression === 'lz4' ? 1 : 3] as const]),
    ['process-max', spec.backup.processes],
    ['io-timeout', 60],
  ];
}

function server(): Options {
  return [
    ['tls-server-port', backupPort],
    ['tls-server-ca-file', backupFiles.authority],
    ['tls-server-cert-file', backupFiles.certificate],
    ['tls-server-key-file', backupFiles.key],
    ['tls-server-auth', `${backupRole}=${stanza}`],
  ];
}

function remote(spec: ClusterSpec, { number }: RepositorySpec): Options {
  const service = names.repositoryHost(spec.name);
  return [[`repo${number}-host`, `${service}.${spec.namespace}.svc`], ...tls(`repo${number}-host`)];
}

function source(spec: ClusterSpec, name: string, index: number): Options {
  const service = names.membersService(spec.name);
  return [
    [`pg${index}-host`, `${podName(name)}.${service}.${spec.namespace}.svc`],
    ...tls(`pg${index}-host`),
    [`pg${index}-path`, directories.data],
    [`pg${index}-socket-path`, directories.socket],
  ];
}

function tls(of: string): Options {
  return [
    [`${of}-type`, 'tls'],
    [`${of}-port`, backupPort],
    [`${of}-ca-file`, backupFiles.authority],
    [`${of}-cert-file`, backupFiles.certificate],
    [`${of}-key-file`, backupFiles.key],
  ];
}

/** Also for a repository whose cluster is gone (restore-source.ts). */
export function s3Options(number: number, s3: S3Spec, caFile: string): Options {
  const option = (name: string, value: string) => [`repo${number}-${name}`, value] as const;
  return [
    option('type', 's3'),
    option('s3-bucket', s3.bucket),
    option('s3-region', s3.region),
    option('s3-endpoint', s3.endpoint),
    option('s3-uri-style', s3.uriStyle),
    option('s3-key-type', s3.keyType),
    ...(s3.stsHost === undefined ? [] : [option('s3-sts-host', s3.stsHost)]),
    ...(s3.caSecret === undefined ? [] : [option('storage-ca-file', caFile)]),
    ...(s3.verifyTls === true || isUnknown(s3.verifyTls) ? [] : [option('storage-verify-tls', 'n')]),
  ];
}

function s3({ number, s3: of }: RepositorySpec): Options {
  return s3Options(number, of!, backupFiles.storageAuthority(number));
}

function cipher(spec: ClusterSpec, { number }: RepositorySpec): Options {
  if (isUnknown(spec.backup.cipher)) return [[`repo${number}-cipher-type`, UNKNOWN]];
  return spec.backup.cipher ? [[`repo${number}-cipher-type`, 'aes-256-cbc']] : [];
}

/**
 * How much WAL may wait for a repository before pgBackRest lets it go, so that PostgreSQL goes on. The same
 * share of the volume as max_slot_wal_keep_size has (parameter-sizes.ts): both hold back the same files.
 */
export function queueMax(spec: ClusterSpec): string {
  const quantity = (spec.walStorage ?? spec.storage).size;
  const size = isUnknown(quantity) ? undefined : parseQuantity(quantity);
  if (size === undefined) return UNKNOWN;
  return `${Math.max(64, Math.floor((size * (spec.walStorage ? 0.5 : 0.2)) / 2 ** 20))}MiB`;
}

export function file(sections: readonly (readonly [name: string, options: Options])[]): string {
  return sections
    .filter(([, options]) => options.length > 0)
    .map(
      ([name, options]) => `[${name}]\n${options.map(([option, value]) => `${option}=${value}\n`).join('')}`,
    )
    .join('\n');
}
