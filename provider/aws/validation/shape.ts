/** The shape of `BackupBucketArgs`. tests/unit/aws/shape.test.ts compares its keys with args.ts. */
import type { Shape } from '../../cluster/validation/shape';
import { BucketAccess, BucketEncryption, ObjectLockMode } from '../args';
import { maximumLockDays } from '../defaults';

const text: Shape = { kind: 'text' };
const texts: Shape = { kind: 'list', item: text };

function days(most?: number): Shape {
  return { kind: 'whole', least: 1, of: 'days', ...(most === undefined ? {} : { most }) };
}

function choice(values: readonly string[], plain = false): Shape {
  return { kind: 'choice', values, plain };
}

function object(fields: Record<string, Shape>, required: readonly string[] = []): Shape {
  return { kind: 'object', plain: true, fields, required };
}

const issuer: Shape = { kind: 'object', fields: { issuer: text }, required: ['issuer'] };
const identity: Shape = {
  kind: 'object',
  fields: { oidcs: { kind: 'list', item: issuer } },
  required: ['oidcs'],
};

export const bucketShape: Shape = object({
  bucketName: text,
  existingBucket: text,
  prefix: text,
  readPrefixes: texts,
  encryption: object({ type: choice(Object.values(BucketEncryption), true), kmsKeyArn: text }),
  versioning: { kind: 'flag' },
  lifecycle: object({ noncurrentDays: days(), abortUploadDays: days() }),
  objectLock: object({ mode: choice(Object.values(ObjectLockMode)), days: days(maximumLockDays) }, ['days']),
  accessLog: object({ bucket: text, prefix: text }, ['bucket']),
  access: object(
    {
      type: choice(Object.values(BucketAccess), true),
      serviceAccounts: {
        kind: 'list',
        plain: true,
        item: object({ namespace: text, name: text }, ['namespace', 'name']),
      },
      eksCluster: object({ arn: text, identities: { kind: 'list', item: identity } }, ['arn']),
      oidcProviderArn: text,
      oidcProviderUrl: text,
      audience: text,
      existingRoleArn: text,
      roleName: text,
      permissionsBoundaryArn: text,
    },
    ['type'],
  ),
  tags: { kind: 'map', value: text },
  deletionPolicy: choice(['retain', 'delete'], true),
});
