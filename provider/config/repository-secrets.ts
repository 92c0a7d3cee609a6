/**
 * What must not be in a ConfigMap, and what is made once and kept: content of the Secret `NAME-repositories`.
 * Pure: the secrets are passed in. pgBackRest reads these files from its include path.
 */
import type { ClusterSpec, RepositorySpec } from '../cluster/spec';
import { directories } from './files';
import { file } from './pgbackrest';

export interface RepositorySecrets {
  /** Part of every path: a cluster made anew never meets the archive of another one (operators' commonest trouble). */
  readonly generation: string;
  /** What encrypts the repositories, if they are. */
  readonly passphrase?: string;
  /** By pgBackRest's name of the option: `repo2-s3-key`, `repo2-s3-key-secret`. */
  readonly keys: Readonly<Record<string, string>>;
}

/** Key → text. Key `generation` and, where repositories are encrypted, `passphrase` are what is read again the next time. */
export function repositoriesSecret(spec: ClusterSpec, secrets: RepositorySecrets): Record<string, string> {
  const options = (one: RepositorySpec) => optionsOf(spec, one, secrets);
  return {
    generation: secrets.generation,
    ...(secrets.passphrase === undefined ? {} : { passphrase: secrets.passphrase }),
    'repositories.conf': file([['global', spec.repositories.flatMap(options)]]),
    ...Object.fromEntries(
      spec.repositories.map((one) => [`repository-${one.number}.conf`, file([['global', options(one)]])]),
    ),
  };
}

function optionsOf(
  spec: ClusterSpec,
  { number, s3 }: RepositorySpec,
  { generation, passphrase, keys }: RepositorySecrets,
): [string, string][] {
  const own = Object.entries(keys).filter(([name]) => name.startsWith(`repo${number}-`));
  return [
    [`repo${number}-path`, repositoryPath(spec.name, generation, s3?.prefix)],
    ...(spec.backup.cipher && passphrase !== undefined
      ? [[`repo${number}-cipher-pass`, passphrase] as [string, string]]
      : []),
    ...own.sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
}

/** In a bucket, or on the repository host's volume. */
export function repositoryPath(cluster: string, generation: string, prefix: string | undefined): string {
  const root = prefix === undefined ? directories.repository : prefix === '' ? '' : `/${prefix}`;
  return `${root}/${cluster}/${generation}`;
}
