import * as assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import type { BackupBucketArgs, BucketAccessArgs } from '../../../provider/aws/args';
import { BackupBucket } from '../../../provider/aws/backup-bucket';
import { UNKNOWN } from '../../../provider/cluster/spec';
import { registered, type Registered } from './mocks';

const irsa: BucketAccessArgs = {
  type: 'irsa',
  serviceAccounts: [{ namespace: 'databases', name: 'hippo' }],
  oidcProviderArn: 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123ABCD',
};

const made = (args: BackupBucketArgs, preview = false): Promise<Registered[]> =>
  registered(() => void new BackupBucket('backups', args), preview);

const kinds = (resources: Registered[]): string[] =>
  resources
    .map(({ type }) => type.split(':').at(-1)!)
    .filter((kind) => !['BackupBucket', 'Stack'].includes(kind))
    .sort();

describe('BackupBucket', function () {
  this.timeout(30_000); // loads @pulumi/aws

  it('makes a private, encrypted, versioned bucket, and no role unless asked', async () => {
    assert.deepEqual(kinds(await made({})), [
      'Bucket',
      'BucketLifecycleConfiguration',
      'BucketOwnershipControls',
      'BucketPolicy',
      'BucketPublicAccessBlock',
      'BucketServerSideEncryptionConfiguration',
      'BucketVersioning',
    ]);
  });

  it('makes an association for each ServiceAccount of Pod Identity', async () => {
    const serviceAccounts = [
      { namespace: 'databases', name: 'hippo' },
      { namespace: 'zoo', name: 'rhino' },
    ];
    const eksCluster = { arn: 'arn:aws:eks:eu-central-1:123456789012:cluster/production' };
    const resources = await made({ access: { type: 'podIdentity', serviceAccounts, eksCluster } });
    const associations = resources.filter(({ type }) => type.endsWith(':PodIdentityAssociation'));
    assert.deepEqual(
      associations.map(({ inputs }) => [inputs.clusterName, inputs.namespace, inputs.serviceAccount]),
      [
        ['production', 'databases', 'hippo'],
        ['production', 'zoo', 'rhino'],
      ],
    );
  });

  it('makes nothing for an existing bucket and role', async () => {
    const access = { type: 'irsa', existingRoleArn: 'arn:aws:iam::123456789012:role/own' } as const;
    assert.deepEqual(kinds(await made({ existingBucket: 'hippo-backups', access })), []);
  });

  it('puts the tags on every child that can carry tags', async () => {
    const tags = { team: 'databases' };
    const resources = await made({ tags, encryption: { type: 'kms' }, access: irsa });
    const tagged = resources.filter(({ inputs }) => inputs.tags !== undefined);
    assert.deepEqual(kinds(tagged), ['Bucket', 'Key', 'Role']);
    for (const { inputs } of tagged) assert.deepEqual(inputs.tags, tags);
  });

  it('an unknown prefix makes unknown only the policy of the role', async () => {
    const prefix = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
    const resources = await made({ prefix, bucketName: 'hippo-backups', access: irsa }, true);
    const policyOf = (kind: string): unknown =>
      resources.find(({ type }) => type.endsWith(`:${kind}`))!.inputs.policy;
    assert.notEqual(typeof policyOf('RolePolicy') === 'string' && policyOf('RolePolicy') !== UNKNOWN, true);
    assert.ok(String(policyOf('BucketPolicy')).includes('OnlyWithTls'));
    const others = resources.filter(
      ({ type }) => !type.endsWith(':RolePolicy') && !type.endsWith(':BackupBucket'),
    );
    assert.ok(!JSON.stringify(others).includes(UNKNOWN));
  });
});
