/** The example for EKS, previewed as it stands, by the rules of the policy pack: AWS' API is moto's, Kubernetes is real. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startMoto, type Moto } from '../../local/aws/moto';
import { Example } from '../support/example';

describe('examples/eks-production', () => {
  let moto: Moto | undefined;
  let example: Example | undefined;

  after(() => {
    moto?.stop();
    example?.remove();
  });

  const policyPacks = [join(__dirname, '../../examples/policy')];

  it('is previewed: the bucket, the role and a cluster with both repositories, and no key in it', async function () {
    this.timeout(300_000);
    moto = await startMoto();
    const issuer = 'oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE';
    example = await Example.open('eks-production', {
      aws: true,
      config: {
        'aws:region': 'eu-central-1',
        oidcProviderArn: `arn:aws:iam::123456789012:oidc-provider/${issuer}`,
      },
      environment: {
        AWS_ENDPOINT_URL: moto.endpoint,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      },
    });
    const { steps: made } = await example.previewed({ policyPacks });
    const type = (text: string): string[] => made.filter((one) => one.includes(text));
    assert.deepEqual(
      made.filter((one) => !/^(create|read) /.test(one)),
      [],
    );
    assert.equal(type('aws:iam/role:Role').length, 1);
    assert.equal(type('aws:iam/accessKey').length + type('aws:iam/user').length, 0);
    assert.equal(type('aws:kms/key:Key').length, 1);
    const children = type('PostgresCluster$kubernetes:batch/v1:CronJob ').map((one) => one.split(' ').at(-1));
    for (const name of ['hippo-full-repo1', 'hippo-incr-repo1', 'hippo-full-repo2', 'hippo-diff-repo2'])
      assert.ok(children.includes(name), `${name} is not among ${children.join(', ')}`);
  });

  it('is refused by the policy pack with a bucket that is not encrypted', async function () {
    this.timeout(120_000);
    example!.adds(`import * as aws from '@pulumi/aws';\nnew aws.s3.Bucket('plain');\n`);
    await assert.rejects(example!.previewed({ policyPacks }), (error: Error) => {
      assert.match(error.message, /bucket plain has no server-side encryption configuration/);
      assert.doesNotMatch(error.message, /bucket hippo-backups has no/);
      return true;
    });
  });
});
