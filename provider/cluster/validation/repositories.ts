/** Repositories of backups: what pgBackRest or S3 would refuse late, in the log of a pod. */
import { names } from '../../manifests/names';
import { awsEndpoint } from '../normalise-backups';
import { maximumRepositories } from '../defaults';
import type { Check } from './check';
import { items, known } from './check';
import type { Problem } from './problem';
import { anyOf, shown } from './words';

type Given = NonNullable<Parameters<Check>[0]['args']['repositories']>[number];

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

function isLocal({ type }: Given): boolean {
  return type === 'local' || type === 'posix';
}

function* without(
  given: Given,
  keys: readonly (keyof Given)[],
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

function* retention(path: string, { full, days }: NonNullable<Given['retention']>): Iterable<Problem> {
  if (full === undefined || days === undefined) return;
  yield {
    code: 'retention-twice',
    path,
    found: 'full and days',
    allowed: 'one of them: so many full backups, or full backups of so many days',
  };
}

function* s3(given: Given, path: string): Iterable<Problem> {
  yield* bucket(given, path);
  yield* region(given, path);
  for (const key of ['endpoint', 'stsHost'] as const) yield* host(given[key], `${path}.${key}`);
  yield* prefix(known(given.prefix), `${path}.prefix`);
  if (given.verifyTls === false && given.caSecret !== undefined)
    yield {
      code: 'certificate-not-checked',
      path: `${path}.verifyTls`,
      found: 'false with caSecret',
      allowed: 'true with caSecret, which is there to check the certificate',
      instead: 'Leave verifyTls out.',
    };
  yield* credentials(given, path);
}

/** docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, "General purpose buckets". */
function* bucket(given: Given, path: string): Iterable<Problem> {
  const name = known(given.bucket);
  if (name === undefined) {
    if (given.bucket === undefined)
      yield {
        code: 'missing-argument',
        path: `${path}.bucket`,
        found: 'nothing',
        allowed: 'the name of a bucket',
      };
    return;
  }
  const plain = /^s3:\/\/([^/]+)/.exec(name)?.[1] ?? /^arn:[^:]*:s3:::([^/]+)/.exec(name)?.[1];
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..'))
    yield {
      code: 'bucket-name',
      path: `${path}.bucket`,
      found: shown(name),
      allowed: 'the name of a bucket: 3 to 63 small letters, digits, "-" and "."',
      ...(plain === undefined ? {} : { instead: `Write "${plain}"; a path goes to prefix.` }),
    };
  // The wildcard of a certificate covers one label (RFC 6125).
  else if (name.includes('.') && (given.uriStyle ?? (given.endpoint ? 'path' : 'host')) === 'host')
    yield {
      code: 'bucket-with-dots',
      path: `${path}.bucket`,
      found: `${shown(name)} with uriStyle: "host"`,
      allowed: 'a name without ".", since no certificate covers that host name',
      instead: 'Write uriStyle: "path".',
    };
}

function* region(given: Given, path: string): Iterable<Problem> {
  const name = known(given.region);
  if (name !== undefined && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return;
  if (name === undefined && given.region !== undefined) return;
  yield {
    code: name === undefined ? 'missing-argument' : 'region',
    path: `${path}.region`,
    found: name === undefined ? 'nothing' : shown(name),
    allowed: 'a region, for example "eu-central-1"; it is part of every signature',
    ...(given.endpoint === undefined
      ? {}
      : { instead: 'A server that has no regions mostly takes "us-east-1".' }),
  };
}

/** pgBackRest takes a host and a port; it speaks TLS and nothing else. */
function* host(given: string | undefined, path: string): Iterable<Problem> {
  const text = known(given);
  if (text === undefined || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/.test(text)) return;
  const [, scheme, rest] = /^(https?):\/\/([^/]+)/.exec(text) ?? [];
  yield {
    code: 'not-a-host',
    path,
    found: shown(text),
    allowed: `a host, and a port if it is not 443, for example "${awsEndpoint('eu-central-1')}"`,
    ...(scheme === undefined
      ? {}
      : {
          instead:
            scheme === 'https'
              ? `Write "${rest}".`
              : 'Backups travel by TLS only: let the server speak https.',
        }),
  };
}

function* prefix(text: string | undefined, path: string): Iterable<Problem> {
  if (text === undefined) return;
  const parts = text.replace(/^\/+|\/+$/g, '').split('/');
  // Others would have to be encoded in URLs, which servers of this protocol do differently.
  const odd = parts.some((part) => !/^[A-Za-z0-9._-]+$/.test(part) || /^\.+$/.test(part));
  if (odd && parts.join('') !== '')
    yield {
      code: 'prefix',
      path,
      found: shown(text),
      allowed:
        'names of letters, digits, ".", "_" and "-", with "/" between them, for example "backups/shop"',
    };
}

function* credentials(given: Given, path: string): Iterable<Problem> {
  const { key, keySecret, credentialsSecret, roleArn, stsHost } = given;
  const pair = key !== undefined || keySecret !== undefined;
  const keyType = known(given.keyType);
  if (given.keyType !== undefined && keyType === undefined) return;
  const ways = [pair ? 'key and keySecret' : '', credentialsSecret === undefined ? '' : 'credentialsSecret'];
  const found = ways.filter((way) => way !== '');
  if (found.length === 2)
    yield {
      code: 'credentials-twice',
      path,
      found: found.join(' and also '),
      allowed: 'one of them',
    };
  else if (pair && (key === undefined || keySecret === undefined))
    yield {
      code: 'credentials-half',
      path: `${path}.${key === undefined ? 'key' : 'keySecret'}`,
      found: 'nothing',
      allowed: 'key and keySecret together',
    };
  const shared = keyType === undefined || keyType === 'shared';
  if (shared && found.length === 0)
    yield {
      code: 'no-credentials',
      path,
      found:
        keyType === undefined ? 'neither credentials nor a keyType' : 'keyType: "shared" without credentials',
      allowed: anyOf([
        'keyType: "web-id" with roleArn (IRSA on EKS)',
        'keyType: "pod-id" (EKS Pod Identity)',
        'keyType: "auto" (instance metadata)',
        'credentialsSecret',
        'key and keySecret',
      ]),
    };
  if (!shared && found.length > 0)
    yield {
      code: 'credentials-with-key-type',
      path: `${path}.keyType`,
      found: `"${keyType}" with ${found.join(' and ')}`,
      allowed: '"shared" with credentials: the other types have none',
    };
  yield* role(path, keyType, known(roleArn), roleArn !== undefined);
  if (stsHost !== undefined && keyType !== 'web-id')
    yield {
      code: 'argument-of-another-key-type',
      path: `${path}.stsHost`,
      found: `it with keyType: "${keyType ?? 'shared'}"`,
      allowed: 'it with keyType: "web-id" only',
    };
}

function* role(
  path: string,
  keyType: string | undefined,
  arn: string | undefined,
  given: boolean,
): Iterable<Problem> {
  if (keyType === 'web-id' && !given)
    yield {
      code: 'missing-argument',
      path: `${path}.roleArn`,
      found: 'nothing with keyType: "web-id"',
      allowed: 'the ARN of the role that the ServiceAccount takes on',
    };
  else if (keyType !== 'web-id' && given)
    yield {
      code: 'argument-of-another-key-type',
      path: `${path}.roleArn`,
      found: `it with keyType: "${keyType ?? 'shared'}"`,
      allowed: 'it with keyType: "web-id" only',
      ...(keyType === 'pod-id'
        ? { instead: 'With Pod Identity the association on AWS names the role and the ServiceAccount.' }
        : {}),
    };
  else if (arn !== undefined && !/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn))
    yield {
      code: 'role-arn',
      path: `${path}.roleArn`,
      found: shown(arn),
      allowed: 'the ARN of a role, for example "arn:aws:iam::111122223333:role/hippo-backups"',
    };
}

/** A ServiceAccount names one role (amazon-eks-pod-identity-webhook, README). */
function* roles(all: readonly Given[]): Iterable<Problem> {
  const first = all.findIndex(({ roleArn }) => known(roleArn) !== undefined);
  for (const [n, { roleArn }] of all.entries())
    if (known(roleArn) !== undefined && roleArn !== all[first]!.roleArn)
      yield {
        code: 'second-role',
        path: `repositories[${n}].roleArn`,
        found: `another role than that of repositories[${first}]`,
        allowed: 'one role: all pods of the cluster have one ServiceAccount',
        instead: 'Give that role the rights to both buckets.',
      };
}

function* samePlace(all: readonly Given[]): Iterable<Problem> {
  const place = ({ bucket: name, endpoint, region: at, prefix: beginning }: Given) =>
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
