/** How pgBackRest proves to S3 who it is: by keys, or by a role that the ServiceAccount takes on. */
import { known } from './check';
import type { Problem } from './problem';
import type { GivenRepository } from './s3';
import { anyOf, shown } from './words';

export function* credentials(given: GivenRepository, path: string): Iterable<Problem> {
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
export function* roles(all: readonly GivenRepository[]): Iterable<Problem> {
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
