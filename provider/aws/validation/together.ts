/** Arguments that do not go together. */
import { shown } from '../../cluster/validation/words';
import { issuerUrl } from '../normalise';
import type { ResolvedBucketArgs } from '../spec';
import { known, type BucketCheck } from './check';

const notChanged = 'nothing, because an existing bucket is taken as it is';
const ofNewBuckets = [
  'bucketName',
  'versioning',
  'lifecycle',
  'objectLock',
  'accessLog',
  'deletionPolicy',
] as const satisfies readonly (keyof ResolvedBucketArgs)[];

export const existingBucket: BucketCheck = function* (args) {
  if (args.existingBucket === undefined) return;
  for (const path of ofNewBuckets)
    if (args[path] !== undefined)
      yield {
        code: 'existing-bucket',
        path,
        found: 'a setting beside existingBucket',
        allowed: notChanged,
        instead: path === 'bucketName' ? 'Give one of the two.' : 'Set it where the bucket is made.',
      };
  if (args.encryption?.type === 'kms' && args.encryption.kmsKeyArn === undefined)
    yield {
      code: 'existing-bucket-key',
      path: 'encryption.kmsKeyArn',
      found: 'nothing',
      allowed: 'the ARN of the key that the existing bucket is encrypted with',
    };
};

export const encryption: BucketCheck = function* (args) {
  if (args.encryption?.type !== 's3' || args.encryption.kmsKeyArn === undefined) return;
  yield {
    code: 'key-without-kms',
    path: 'encryption.kmsKeyArn',
    found: 'a key, with encryption.type "s3"',
    allowed: 'a key with encryption.type "kms"',
  };
};

export const objectLock: BucketCheck = function* (args) {
  if (args.objectLock === undefined || known(args.versioning) !== false) return;
  yield {
    code: 'lock-needs-versioning',
    path: 'versioning',
    found: 'false, with objectLock',
    allowed: 'true: S3 locks versions',
  };
};

export const accessLog: BucketCheck = function* (args) {
  const target = known(args.accessLog?.bucket);
  if (target === undefined || target !== known(args.bucketName)) return;
  yield {
    code: 'log-into-itself',
    path: 'accessLog.bucket',
    found: shown(target),
    allowed: 'another bucket: each log object written would be logged in turn',
  };
};

/** A role that is made trusts somebody; an association needs a cluster. */
export const trusted: BucketCheck = function* ({ access }) {
  if (access === undefined || known(access.type) === undefined) return;
  const { type, existingRoleArn, serviceAccounts, eksCluster } = access;
  const needsAccounts = type === 'podIdentity' || existingRoleArn === undefined;
  if (needsAccounts && (serviceAccounts ?? []).length === 0)
    yield {
      code: 'nobody-trusted',
      path: 'access.serviceAccounts',
      found: 'none',
      allowed: 'at least one { namespace, name }: a PostgresCluster has a ServiceAccount of its own name',
    };
  if (type === 'podIdentity' && eksCluster === undefined)
    yield {
      code: 'missing-argument',
      path: 'access.eksCluster',
      found: 'nothing',
      allowed: 'the EKS cluster that the association is made in',
    };
  const derivable = issuerUrl(eksCluster) ?? (eksCluster && access.oidcProviderUrl);
  if (
    type === 'irsa' &&
    existingRoleArn === undefined &&
    access.oidcProviderArn === undefined &&
    derivable === undefined
  )
    yield {
      code: 'missing-argument',
      path: 'access.oidcProviderArn',
      found: 'nothing',
      allowed: 'the ARN of the OIDC provider, or eksCluster with its identities to derive it from',
    };
};

const ofIrsa = ['oidcProviderArn', 'oidcProviderUrl', 'audience'] as const;
const ofNewRoles = ['roleName', 'permissionsBoundaryArn'] as const;

export const accessWithoutEffect: BucketCheck = function* ({ access }) {
  if (access === undefined) return;
  if (access.type === 'podIdentity')
    for (const key of ofIrsa)
      if (access[key] !== undefined)
        yield {
          code: 'only-irsa',
          path: `access.${key}`,
          found: 'a setting of irsa, with access.type "podIdentity"',
          allowed: 'nothing: Pod Identity has no OIDC provider',
        };
  if (access.existingRoleArn !== undefined)
    for (const key of ofNewRoles)
      if (access[key] !== undefined)
        yield {
          code: 'existing-role',
          path: `access.${key}`,
          found: 'a setting beside existingRoleArn',
          allowed: 'nothing, because an existing role is taken as it is',
        };
};
