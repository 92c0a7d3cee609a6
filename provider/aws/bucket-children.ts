/** The AWS resources of a BackupBucket: thin wiring of what the pure files make. */
import type * as Aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { toUnknowns } from '../cluster/resolve';
import { isUnknown } from '../cluster/spec';
import type { BackupBucketArgs } from './args';
import { tlsOnlyPolicy } from './bucket-policy';
import { lifecycleRules } from './lifecycle';
import { policyText } from './policy-document';
import type { BucketSpec } from './spec';

export interface Region {
  readonly partition: string;
  readonly dnsSuffix: string;
}

/** What is shared by everything that a BackupBucket makes. */
export class BucketChildren {
  readonly retain: boolean;

  constructor(
    readonly aws: typeof Aws,
    readonly parent: pulumi.ComponentResource,
    readonly name: string,
    readonly args: BackupBucketArgs,
    readonly spec: pulumi.Output<BucketSpec>,
    readonly region: pulumi.Output<Region>,
  ) {
    this.retain = args.deletionPolicy !== 'delete';
  }

  /** An input made of the spec; what is unknown in it is unknown to the engine, and nothing else. */
  of<T>(made: (spec: BucketSpec) => T): pulumi.Output<T> {
    return this.spec.apply((spec) => toUnknowns(made(spec))) as pulumi.Output<T>;
  }

  options(more: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return { parent: this.parent, retainOnDelete: this.retain, ...more };
  }

  get tags(): pulumi.Output<Record<string, string>> {
    return this.of((spec) => ({ ...spec.tags }));
  }
}

/** For the program's own eyes: a text with anything unknown in it is unknown. */
export function orUnknown(output: pulumi.Output<string>): pulumi.Output<string> {
  return output.apply((text) => (isUnknown(text) ? (pulumi.unknown as unknown as string) : text));
}

/** The key, when one is asked for and none is given. */
export function addKey(children: BucketChildren): pulumi.Output<string> | undefined {
  const { aws, args, name } = children;
  if (args.encryption?.kmsKeyArn !== undefined) return children.of((spec) => spec.encryption.kmsKeyArn ?? '');
  if (args.encryption?.type !== 'kms') return undefined;
  const key = new aws.kms.Key(
    `${name}-key`,
    {
      description: `Backups in the bucket of ${name}`,
      enableKeyRotation: true,
      // The longest that KMS has: without the key every backup is lost.
      deletionWindowInDays: 30,
      tags: children.tags,
    },
    children.options(),
  );
  return key.arn;
}

export function addBucket(
  children: BucketChildren,
  keyArn: pulumi.Output<string> | undefined,
): Aws.s3.Bucket {
  const { aws, args, name, region } = children;
  const made = new aws.s3.Bucket(
    name,
    {
      bucket: children.of((spec) => spec.bucketName),
      objectLockEnabled: args.objectLock !== undefined,
      forceDestroy: !children.retain,
      tags: children.tags,
    },
    // Of a bucket that is there S3 takes the lock by its configuration; a change of this input would replace the bucket.
    children.options({ ignoreChanges: ['objectLockEnabled'] }),
  );
  const bucket = made.bucket;
  const access = new aws.s3.BucketPublicAccessBlock(
    `${name}-public-access`,
    {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    children.options(),
  );
  // S3 answers OperationAborted when two of these are set at the same time: one after the other.
  const ownership = new aws.s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } },
    children.options({ dependsOn: access }),
  );
  new aws.s3.BucketPolicy(
    `${name}-tls-only`,
    {
      bucket,
      policy: pulumi
        .all([bucket, region])
        .apply(([id, { partition }]) => policyText(tlsOnlyPolicy(partition, id))),
    },
    children.options({ dependsOn: ownership }),
  );
  addEncryption(children, bucket, keyArn);
  addHistory(children, bucket);
  return made;
}

function addEncryption(
  { aws, name, ...children }: BucketChildren,
  bucket: pulumi.Output<string>,
  keyArn: pulumi.Output<string> | undefined,
): void {
  const byKms = { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn };
  const byDefault = keyArn === undefined ? { sseAlgorithm: 'AES256' } : byKms;
  new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      bucket,
      // A key of the bucket's own, renewed by S3: one call to KMS for many objects.
      rules: [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: keyArn !== undefined }],
    },
    { parent: children.parent, retainOnDelete: children.retain },
  );
}

/** Versions, how long they are kept, and who used them. */
function addHistory(children: BucketChildren, bucket: pulumi.Output<string>): void {
  const { aws, args, name } = children;
  const versioning = new aws.s3.BucketVersioning(
    `${name}-versioning`,
    {
      bucket,
      versioningConfiguration: {
        status: children.of(({ versioning: on }) =>
          isUnknown(on) ? String(on) : on ? 'Enabled' : 'Suspended',
        ),
      },
    },
    children.options(),
  );
  new aws.s3.BucketLifecycleConfiguration(
    `${name}-lifecycle`,
    { bucket, rules: children.of((spec) => lifecycleRules(spec)) },
    children.options({ dependsOn: versioning }),
  );
  if (args.objectLock !== undefined)
    new aws.s3.BucketObjectLockConfiguration(
      `${name}-object-lock`,
      {
        bucket,
        rule: {
          defaultRetention: {
            mode: children.of((spec) => spec.objectLock?.mode),
            days: children.of((spec) => spec.objectLock?.days),
          },
        },
      },
      children.options({ dependsOn: versioning }),
    );
  if (args.accessLog !== undefined)
    new aws.s3.BucketLogging(
      `${name}-access-log`,
      {
        bucket,
        targetBucket: children.of((spec) => spec.accessLog?.bucket ?? ''),
        targetPrefix: pulumi
          .all([bucket, children.spec])
          .apply(([id, spec]) => spec.accessLog?.prefix ?? `${id}/`),
      },
      children.options(),
    );
}
