/** Repositories of backups: which may stand beside each other, and what belongs to which type. */
import { names } from '../../manifests/names';
import { awsEndpoint } from '../normalise-backups';
import { maximumRepositories } from '../defaults';
import type { Check } from './check';
import { items, known } from './check';
import type { Problem } from './problem';
import { roles } from './s3-credentials';
import { s3, type GivenRepository } from './s3';
import { shown } from './words';

const localOnly = ['size', 'storageClass'] as const;
const s3Only = [
  'bucket',
  'region',
  'endpoint',
  'prefix',
  'uriStyle',
  'caSecret',
  'verifyTls',
  'keyType',
  'roleArn',
  'stsHost',
  'credentialsSecret',
  'key',
  'keySecret',
] as const;

export function* repositories({ args }: Parameters<Check>[0]): Iterable<Problem> {
  const all = items(args.repositories);
  if (all.length > maximumRepositories)
    yield {
      code: 'too-many-repositories',
      path: 'repositories',
      found: `${all.length}`,
      allowed: `at most ${maximumRepositories}: every WAL segment goes to each of them`,
    };
  const locals = all.flatMap((one, n) => (isLocal(one) ? [n] : []));
  for (const n of locals.slice(1))
    yield {
      code: 'second-local-repository',
      path: `repositories[${n}].type`,
      found: `a second local repository, after repositories[${locals[0]}]`,
      allowed: 'one: a second copy in the same place helps little',
      instead: 'Write type: "s3" for it.',
    };
  for (const [n, one] of all.entries()) {
    const path = `repositories[${n}]`;
    if (one.retention) yield* retention(`${path}.retention`, one.retention);
    if (isLocal(one)) yield* without(one, s3Only, path, 's3');
    else if (one.type === 's3') {
      yield* without(one, localOnly, path, 'local');
      yield* s3(one, path);
    }
  }
  yield* samePlace(all);
  yield* roles(all);
}

function isLocal({ type }: GivenRepository): boolean {
  return type === 'local' || type === 'posix';
}

function* without(
  given: GivenRepository,
  keys: readonly (keyof GivenRepository)[],
  path: string,
  belongs: string,
): Iterable<Problem> {
  for (const key of keys)
    if (given[key] !== undefined)
      yield {
        code: 'argument-of-another-type',
        path: `${path}.${key}`,
        found: `it with type: "${given.type}"`,
        allowed: `it with type: "${belongs}" only`,
      };
}

function* retention(
  path: string,
  { full, days }: NonNullable<GivenRepository['retention']>,
): Iterable<Problem> {
  if (full === undefined || days === undefined) return;
  yield {
    code: 'retention-twice',
    path,
    found: 'full and days',
    allowed: 'one of them: so many full backups, or full backups of so many days',
  };
}

function* samePlace(all: readonly GivenRepository[]): Iterable<Problem> {
  const place = ({ bucket: name, endpoint, region: at, prefix: beginning }: GivenRepository) =>
    JSON.stringify([name, endpoint ?? awsEndpoint(at ?? ''), (beginning ?? '').replace(/^\/+|\/+$/g, '')]);
  for (const [n, one] of all.entries()) {
    if (one.type !== 's3' || [one.bucket, one.endpoint, one.prefix].some((text) => text !== known(text)))
      continue;
    const before = all.findIndex((other) => other.type === 's3' && place(other) === place(one));
    if (before < n)
      yield {
        code: 'same-repository',
        path: `repositories[${n}]`,
        found: `the bucket and prefix of repositories[${before}]`,
        allowed: 'another bucket or prefix for each repository',
      };
  }
}

export function* ownBackupSecrets({ name, args }: Parameters<Check>[0]): Iterable<Problem> {
  const own = [names.repositoriesSecret(name), names.backupCertificate(name)];
  const given = items(args.repositories).flatMap(({ caSecret, credentialsSecret }, n) => [
    [`repositories[${n}].caSecret`, caSecret] as const,
    [`repositories[${n}].credentialsSecret`, credentialsSecret] as const,
  ]);
  for (const [path, secret] of [...given, ['backup.cipherSecret', args.backup?.cipherSecret] as const])
    if (known(secret) !== undefined && own.includes(secret!))
      yield {
        code: 'own-secret',
        path,
        found: shown(secret),
        allowed: 'a Secret that the cluster does not write itself',
      };
}
