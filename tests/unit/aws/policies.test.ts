// Golden policies, and what must hold for each of them.
import * as assert from 'node:assert/strict';
import { accessPolicy } from '../../../provider/aws/access-policy';
import { tlsOnlyPolicy } from '../../../provider/aws/bucket-policy';
import { lifecycleRules } from '../../../provider/aws/lifecycle';
import { normaliseBucket } from '../../../provider/aws/normalise';
import { irsaTrust, podIdentityTrust } from '../../../provider/aws/trust-policy';
import { golden } from '../../support/golden';

const to = { partition: 'aws', bucket: 'hippo-backups', prefix: 'production' };
const kms = {
  keyArn: 'arn:aws:kms:eu-central-1:123456789012:key/k',
  region: 'eu-central-1',
  dnsSuffix: 'amazonaws.com',
};
const clusterArn = 'arn:aws:eks:eu-central-1:123456789012:cluster/production';
const hippo = { namespace: 'databases', name: 'hippo' };
const rhino = { namespace: 'zoo', name: 'rhino' };
const irsa = {
  providerArn: 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123ABCD',
  audience: 'sts.amazonaws.com',
};

const documents: Record<string, unknown> = {
  access: accessPolicy(to),
  'access-kms-read': accessPolicy({ ...to, readPrefixes: ['staging', 'old/db'], kms }),
  'access-china': accessPolicy({
    ...to,
    partition: 'aws-cn',
    kms: { ...kms, region: 'cn-north-1', dnsSuffix: 'amazonaws.com.cn' },
  }),
  'tls-only': tlsOnlyPolicy('aws', to.bucket),
  'trust-irsa': irsaTrust(irsa, [hippo]),
  'trust-irsa-two': irsaTrust(irsa, [hippo, rhino]),
  'trust-pod-identity': podIdentityTrust(clusterArn, [hippo, rhino]),
  lifecycle: lifecycleRules(normaliseBucket({})),
};

describe('policies of a BackupBucket', () => {
  for (const [name, document] of Object.entries(documents))
    it(name, () => golden(`aws/${name}.json`, `${JSON.stringify(document, null, 2)}\n`));

  it('let nobody delete a version, change the bucket or end a lock', () => {
    const { Statement } = accessPolicy({ ...to, readPrefixes: ['staging'], kms });
    const actions = (effect: string) =>
      Statement.filter(({ Effect }) => Effect === effect).flatMap(({ Action }) => Action);
    const allowed = actions('Allow');
    assert.deepEqual(actions('Deny'), ['s3:DeleteObjectVersion']);
    assert.deepEqual([...new Set(allowed)].sort(), [
      'kms:Decrypt',
      'kms:GenerateDataKey',
      's3:DeleteObject',
      's3:GetObject',
      's3:GetObjectVersion',
      's3:ListBucket',
      's3:ListBucketVersions',
      's3:PutObject',
    ]);
  });

  it('derive the OIDC provider from the outputs of an EKS cluster', () => {
    const issuer = 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123ABCD';
    const spec = normaliseBucket({
      access: { type: 'irsa', eksCluster: { arn: clusterArn, identities: [{ oidcs: [{ issuer }] }] } },
    });
    assert.deepEqual(spec.access?.oidc, irsa);
  });
});
