// BackupBucket by real `pulumi up`, against moto; with the stand-in aws plugin where the real one cannot be had.
// moto enforces nothing: that the policy denies what it must is tested elsewhere, against a server that does.
import * as assert from 'node:assert/strict';
import type { BackupBucketArgs } from '../../provider/aws/args';
import { BackupBucket } from '../../provider/aws/backup-bucket';
import { AwsStack, region, type Answer } from '../support/aws';

const provider = 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123ABCD';
const tags = { team: 'databases', 'cost-center': '42' };
const hippo = [{ namespace: 'databases', name: 'hippo' }];

const full: BackupBucketArgs = {
  bucketName: 'hippo-backups',
  prefix: 'production',
  encryption: { type: 'kms' },
  objectLock: { days: 7 },
  accessLog: { bucket: 'hippo-logs' },
  access: { type: 'irsa', serviceAccounts: hippo, oidcProviderArn: provider },
  tags,
};

/** Puts an object. moto reads the TLS-only policy's Deny without its condition, so the policy is away meanwhile. */
function putObject(stack: AwsStack, name: string, key: string): void {
  const { Policy: policy } = stack.ask(`s3.get_bucket_policy(Bucket='${name}')`) as { Policy: string };
  stack.ask(`s3.delete_bucket_policy(Bucket='${name}')`);
  stack.ask(`s3.put_object(Bucket='${name}', Key='${key}', Body=b'x')`);
  stack.ask(`s3.put_bucket_policy(Bucket='${name}', Policy=json.dumps(${policy}))`);
}

/** A program of one BackupBucket, and its outputs. */
function bucket(args: BackupBucketArgs, name = 'backups'): () => Record<string, unknown> {
  return () => {
    const made = new BackupBucket(name, args);
    const { bucketName, roleArn, kmsKeyArn, accessPolicy, serviceAccountAnnotations, repository } = made;
    return {
      bucketName,
      region: made.region,
      roleArn,
      kmsKeyArn,
      accessPolicy,
      serviceAccountAnnotations,
      repository,
    };
  };
}

describe('BackupBucket, by pulumi up', function () {
  this.timeout(300_000);
  let stack: AwsStack;
  let outputs: Record<string, Answer>;

  before(async function () {
    this.timeout(900_000); // builds the plugin and moto's environment the first time
    stack = await AwsStack.open();
    stack.ask(
      `s3.create_bucket(Bucket='hippo-logs', CreateBucketConfiguration={'LocationConstraint': '${region}'})`,
    );
    stack.ask(
      "s3.put_bucket_policy(Bucket='hippo-logs', Policy=json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', " +
        "'Principal': {'Service': 'logging.s3.amazonaws.com'}, 'Action': 's3:PutObject', 'Resource': 'arn:aws:s3:::hippo-logs/*'}]}))",
    );
    stack.program = bucket(full);
    outputs = (await stack.up()).outputs;
  });

  after(() => stack?.close());

  it('makes the bucket as asked', () => {
    const of = (call: string): Answer => stack.ask(`s3.${call}(Bucket='hippo-backups')`);
    assert.deepEqual(of('get_public_access_block').PublicAccessBlockConfiguration, {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    });
    assert.equal(
      of('get_bucket_ownership_controls').OwnershipControls.Rules[0].ObjectOwnership,
      'BucketOwnerEnforced',
    );
    const encryption = of('get_bucket_encryption').ServerSideEncryptionConfiguration.Rules[0];
    assert.equal(encryption.ApplyServerSideEncryptionByDefault.SSEAlgorithm, 'aws:kms');
    assert.equal(encryption.ApplyServerSideEncryptionByDefault.KMSMasterKeyID, outputs.kmsKeyArn);
    assert.equal(encryption.BucketKeyEnabled, true);
    assert.equal(of('get_bucket_versioning').Status, 'Enabled');
    const [versions, uploads] = of('get_bucket_lifecycle_configuration').Rules;
    assert.equal(versions.NoncurrentVersionExpiration.NoncurrentDays, 30);
    assert.equal(uploads.AbortIncompleteMultipartUpload.DaysAfterInitiation, 7);
    const retention = of('get_object_lock_configuration').ObjectLockConfiguration.Rule.DefaultRetention;
    assert.deepEqual([retention.Mode, retention.Days], ['GOVERNANCE', 7]);
    assert.deepEqual(of('get_bucket_logging').LoggingEnabled, {
      TargetBucket: 'hippo-logs',
      TargetPrefix: 'hippo-backups/',
    });
    const policy = JSON.parse(of('get_bucket_policy').Policy);
    assert.deepEqual(policy.Statement[0].Condition, { Bool: { 'aws:SecureTransport': 'false' } });
  });

  it('makes a role of exactly the ServiceAccount and the prefix', () => {
    const name = String(outputs.roleArn).split('/').at(-1);
    const role = stack.ask(`iam.get_role(RoleName='${name}')`).Role;
    assert.deepEqual(role.AssumeRolePolicyDocument.Statement[0].Condition, {
      StringEquals: {
        'oidc.eks.eu-central-1.amazonaws.com/id/0123ABCD:aud': 'sts.amazonaws.com',
        'oidc.eks.eu-central-1.amazonaws.com/id/0123ABCD:sub': 'system:serviceaccount:databases:hippo',
      },
    });
    const policies = stack.ask(`iam.list_role_policies(RoleName='${name}')`).PolicyNames;
    assert.equal(policies.length, 1);
    const policy = stack.ask(`iam.get_role_policy(RoleName='${name}', PolicyName='${policies[0]}')`);
    assert.deepEqual(policy.PolicyDocument, JSON.parse(outputs.accessPolicy));
    assert.equal(policy.PolicyDocument.Statement[1].Resource, 'arn:aws:s3:::hippo-backups/production/*');
  });

  it('tags everything that can carry tags', () => {
    const sorted = (list: Answer[], key: string, value: string): unknown =>
      Object.fromEntries(list.map((tag) => [tag[key], tag[value]]));
    const ofBucket = stack.ask("s3.get_bucket_tagging(Bucket='hippo-backups')");
    assert.deepEqual(sorted(ofBucket.TagSet, 'Key', 'Value'), tags);
    const ofRole = stack.ask(`iam.list_role_tags(RoleName='${String(outputs.roleArn).split('/').at(-1)}')`);
    assert.deepEqual(sorted(ofRole.Tags, 'Key', 'Value'), tags);
    const ofKey = stack.ask(`kms.list_resource_tags(KeyId='${outputs.kmsKeyArn}')`);
    assert.deepEqual(sorted(ofKey.Tags, 'TagKey', 'TagValue'), tags);
  });

  it('gives what a PostgresCluster needs', () => {
    assert.deepEqual(outputs.repository, {
      type: 's3',
      bucket: 'hippo-backups',
      region,
      prefix: 'production',
      keyType: 'web-id',
      roleArn: outputs.roleArn,
    });
    assert.deepEqual(outputs.serviceAccountAnnotations, { 'eks.amazonaws.com/role-arn': outputs.roleArn });
  });

  it('changes nothing the second time', async () => {
    assert.deepEqual((await stack.up()).changes, []);
  });

  it('changes the lifecycle in place', async () => {
    stack.program = bucket({ ...full, lifecycle: { noncurrentDays: 60 } });
    assert.deepEqual((await stack.up()).changes, ['backups-lifecycle: update']);
    const rules = stack.ask("s3.get_bucket_lifecycle_configuration(Bucket='hippo-backups')").Rules;
    assert.equal(rules[0].NoncurrentVersionExpiration.NoncurrentDays, 60);
  });

  it('refuses what S3 would refuse, and whatever would open the policy, before anything is touched', async () => {
    stack.program = bucket({ ...full, prefix: 'production/*', lifecycle: { noncurrentDays: 0 } });
    await assert.rejects(stack.preview(), (error: Error) => {
      assert.match(error.message, /BackupBucket "backups" has 2 problems in its arguments:/);
      assert.match(error.message, /A wildcard would open the policy to other objects\. \[prefix\]/);
      return true;
    });
    stack.program = bucket(full);
  });

  it('keeps the bucket, its settings and its key on destroy; the role goes', async () => {
    putObject(stack, 'hippo-backups', 'production/x');
    await stack.destroy();
    stack.ask("s3.get_bucket_policy(Bucket='hippo-backups')");
    stack.ask("s3.delete_bucket_policy(Bucket='hippo-backups')"); // moto: see putObject
    const found = stack.ask("s3.head_object(Bucket='hippo-backups', Key='production/x')");
    assert.equal(found.ContentLength, 1);
    stack.ask("s3.get_public_access_block(Bucket='hippo-backups')");
    assert.equal(stack.ask(`kms.describe_key(KeyId='${outputs.kmsKeyArn}')`).KeyMetadata.KeyState, 'Enabled');
    assert.deepEqual(stack.ask('iam.list_roles()').Roles, []);
  });

  it('takes an existing bucket and an existing role, and makes nothing', async () => {
    const roleArn = stack.ask("iam.create_role(RoleName='own', AssumeRolePolicyDocument='{}')").Role.Arn;
    stack.program = bucket({
      existingBucket: 'hippo-backups',
      access: { type: 'irsa', existingRoleArn: roleArn },
    });
    const { changes, outputs: given } = await stack.up();
    assert.deepEqual(changes, []);
    assert.equal(given.region, region);
    assert.deepEqual(given.serviceAccountAnnotations, { 'eks.amazonaws.com/role-arn': roleArn });
    stack.program = bucket({ existingBucket: 'not-there' });
    await assert.rejects(stack.preview(), /there is no bucket \\?"not-there\\?"|couldn't find resource/);
  });

  it('deletes the bucket and all in it only when told so', async () => {
    stack.program = bucket({ deletionPolicy: 'delete' }, 'Temporary');
    const name = (await stack.up()).outputs.bucketName as string;
    assert.match(name, /^temporary-[0-9a-f]{7}$/);
    putObject(stack, name, 'pgbackrest/x');
    await stack.destroy();
    const names = stack.ask('s3.list_buckets()').Buckets.map((each: Answer) => each.Name);
    assert.ok(!names.includes(name));
  });
});
