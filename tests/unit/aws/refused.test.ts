// Arguments of a BackupBucket that are refused, with the exact text.
import * as assert from 'node:assert/strict';
import { UNKNOWN } from '../../../provider/cluster/spec';
import { renderProblem } from '../../../provider/cluster/validation';
import type { ResolvedBucketArgs } from '../../../provider/aws/spec';
import { validateBucket } from '../../../provider/aws/validation';

const provider = 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123ABCD';
const hippo = { namespace: 'databases', name: 'hippo' };
const irsa = { type: 'irsa', serviceAccounts: [hippo], oidcProviderArn: provider };

const said = (args: unknown): string[] => validateBucket(args as ResolvedBucketArgs).map(renderProblem);

const table: [sentence: string, args: unknown, said: string][] = [
  [
    'a name with capitals',
    { bucketName: 'Backups' },
    'bucketName: found "Backups"; allowed: 3 to 63 lower-case letters, digits and "-", with a letter or digit first and last (no ".": the certificate of S3 does not cover such names). [bucket-name]',
  ],
  [
    'a name that S3 keeps for itself',
    { bucketName: 'hippo-s3alias' },
    'bucketName: found "hippo-s3alias"; allowed: a name other than …-s3alias, which S3 keeps for itself. [bucket-name-reserved]',
  ],
  [
    'an ARN for an existing bucket',
    { existingBucket: 'arn:aws:s3:::hippo' },
    'existingBucket: found "arn:aws:s3:::hippo"; allowed: the name of a bucket: 3 to 63 lower-case letters, digits, "-" and ".". Give the name, not the ARN. [bucket-name]',
  ],
  [
    'a prefix with a slash before it',
    { prefix: '/production/' },
    'prefix: found "/production/"; allowed: at most 200 letters, digits, "-", "_" and ".", in parts with "/" between them, without "/" first or last. Write "production". [prefix]',
  ],
  [
    'a prefix that is a pattern',
    { prefix: 'prod*' },
    'prefix: found "prod*"; allowed: at most 200 letters, digits, "-", "_" and ".", in parts with "/" between them, without "/" first or last. A wildcard would open the policy to other objects. [prefix]',
  ],
  [
    'reading what is written as well',
    { prefix: 'a', readPrefixes: ['a/b'] },
    'readPrefixes[0]: found "a/b"; allowed: a prefix outside of "a", which is written as well. [prefix-inside]',
  ],
  [
    'settings of an existing bucket',
    { existingBucket: 'hippo', versioning: true },
    'versioning: found a setting beside existingBucket; allowed: nothing, because an existing bucket is taken as it is. Set it where the bucket is made. [existing-bucket]',
  ],
  [
    'a lock without versions',
    { versioning: false, objectLock: { days: 7 } },
    'versioning: found false, with objectLock; allowed: true: S3 locks versions. [lock-needs-versioning]',
  ],
  [
    'days that are none',
    { lifecycle: { noncurrentDays: 0 } },
    'lifecycle.noncurrentDays: found 0; allowed: a whole number of days, 1 or more. [not-a-number-in-range]',
  ],
  [
    'a log into itself',
    { bucketName: 'hippo', accessLog: { bucket: 'hippo' } },
    'accessLog.bucket: found "hippo"; allowed: another bucket: each log object written would be logged in turn. [log-into-itself]',
  ],
  [
    'the alias of a key',
    { encryption: { kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:alias/hippo' } },
    'encryption.kmsKeyArn: found "arn:aws:kms:eu-central-1:123456789012:alias/hippo"; allowed: an ARN such as arn:aws:kms:eu-central-1:123456789012:key/…. An alias grants nothing in a policy: give the ARN of the key behind it. [arn]',
  ],
  [
    'the issuer of another provider',
    { access: { ...irsa, oidcProviderUrl: 'https://elsewhere.example/id' } },
    'access.oidcProviderUrl: found "https://elsewhere.example/id"; allowed: the issuer of the provider, "https://oidc.eks.eu-central-1.amazonaws.com/id/0123ABCD", or nothing. [issuer-of-another-provider]',
  ],
  [
    'a ServiceAccount by pattern',
    { access: { ...irsa, serviceAccounts: [{ namespace: 'databases', name: '*' }] } },
    'access.serviceAccounts[0].name: found "*"; allowed: the exact name of a ServiceAccount: lower-case letters, digits and "-". A wildcard would let other pods in: name each one. [kubernetes-name]',
  ],
  [
    'a role that trusts nobody',
    { access: { type: 'irsa', oidcProviderArn: provider } },
    'access.serviceAccounts: found none; allowed: at least one { namespace, name }: a PostgresCluster has a ServiceAccount of its own name. [nobody-trusted]',
  ],
  [
    'IRSA without a provider',
    { access: { type: 'irsa', serviceAccounts: [hippo] } },
    'access.oidcProviderArn: found nothing; allowed: the ARN of the OIDC provider, or eksCluster with its identities to derive it from. [missing-argument]',
  ],
  [
    'Pod Identity without a cluster',
    { access: { type: 'podIdentity', serviceAccounts: [hippo] } },
    'access.eksCluster: found nothing; allowed: the EKS cluster that the association is made in. [missing-argument]',
  ],
  [
    'a tag of AWS itself',
    { tags: { 'aws:x': 'y' } },
    'tags: found "aws:x"; allowed: 1 to 128 letters, digits, spaces and any of _.:/=+-@, not starting with "aws:". [tag-name]',
  ],
];

describe('BackupBucket: refused are', () => {
  for (const [sentence, args, text] of table) it(sentence, () => assert.equal(said(args).join('\n'), text));
});

describe('BackupBucket: allowed are', () => {
  it('no arguments at all', () => assert.deepEqual(said({}), []));
  it('IRSA by provider', () => assert.deepEqual(said({ access: irsa }), []));
  it('values that are not known yet', () => {
    const args = {
      bucketName: UNKNOWN,
      prefix: UNKNOWN,
      tags: UNKNOWN,
      access: { ...irsa, oidcProviderArn: UNKNOWN },
    };
    assert.deepEqual(said(args), []);
  });
  it('a cluster whose identities are not known yet', () => {
    const arn = 'arn:aws:eks:eu-central-1:123456789012:cluster/production';
    const access = { type: 'irsa', serviceAccounts: [hippo], eksCluster: { arn, identities: UNKNOWN } };
    assert.deepEqual(said({ access }), []);
  });
});
