/** The component: a bucket for backups, and keyless access of exactly the pods that need it. */
import type * as Aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { applyWithUnknowns, withMarks } from '../cluster/resolve';
import { renderProblems } from '../cluster/validation/problem';
import { addAccess } from './access-children';
import { accessPolicy } from './access-policy';
import type { BackupBucketArgs, EksClusterArgs } from './args';
import { addBucket, addKey, BucketChildren, orUnknown } from './bucket-children';
import { normaliseBucket } from './normalise';
import { keyTypeOf, serviceAccountAnnotations, type KeyType } from './outputs';
import { policyText } from './policy-document';
import type { BucketSpec, ResolvedBucketArgs } from './spec';
import { validateBucket } from './validation';

/** A repository of a `PostgresCluster`, as it goes into `repositories`. */
export interface BackupBucketRepository {
  /** Always s3. */
  type: 's3';
  /** Name of the bucket. */
  bucket: pulumi.Output<string>;
  /** Region of the bucket. */
  region: pulumi.Output<string>;
  /** First part of the names of all objects. */
  prefix: pulumi.Output<string>;
  /** Where pgBackRest's credentials come from: web-id, pod-id or shared. */
  keyType: KeyType;
  /** With IRSA: ARN of the role. */
  roleArn?: pulumi.Output<string>;
}

/**
 * An S3 bucket for pgBackRest: private, encrypted, versioned, TLS only, kept on destroy; and a role that
 * exactly the named ServiceAccounts can take, with exactly pgBackRest's calls on exactly one prefix.
 */
export class BackupBucket extends pulumi.ComponentResource {
  /** Name of the bucket. */
  public readonly bucketName: pulumi.Output<string>;
  /** Region of the bucket. */
  public readonly region: pulumi.Output<string>;
  /** First part of the names of all objects. */
  public readonly prefix: pulumi.Output<string>;
  /** Where pgBackRest's credentials come from (its repo-s3-key-type): web-id, pod-id or shared. */
  public readonly keyType: pulumi.Output<string>;
  /** ARN of the role, made or given; empty without `access`. */
  public readonly roleArn: pulumi.Output<string>;
  /** ARN of the KMS key; empty when S3 keeps the keys. */
  public readonly kmsKeyArn: pulumi.Output<string>;
  /** The IAM policy of the role as JSON, for a role of your own. */
  public readonly accessPolicy: pulumi.Output<string>;
  /** Annotations of the ServiceAccount, for a `PostgresCluster`. */
  public readonly serviceAccountAnnotations: pulumi.Output<{ [name: string]: string }>;
  /** The bucket as a repository, for `repositories` of a `PostgresCluster`. */
  public readonly repository: BackupBucketRepository;

  constructor(name: string, args: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super('postgres-ha:index:BackupBucket', name, {}, opts);
    const aws = awsPackage();
    const spec = validSpec(name, args);
    const partition = aws.getPartitionOutput({}, { parent: this });
    const children = new BucketChildren(aws, this, name, args, spec, partition);
    const keyArn = addKey(children);
    const bucket = args.existingBucket === undefined ? made(children, keyArn) : found(children);
    this.bucketName = bucket.name;
    this.region = bucket.region;
    this.prefix = orUnknown(children.of((plain) => plain.prefix));
    this.kmsKeyArn = keyArn ? orUnknown(keyArn) : pulumi.output('');
    this.accessPolicy = policyOf(this, children, partition, keyArn);
    const roleArn = args.access && addAccess(children, args.access, this.accessPolicy);
    this.roleArn = roleArn ?? pulumi.output('');
    const type = args.access?.type;
    const keyType = keyTypeOf(type);
    this.keyType = pulumi.output(keyType);
    this.serviceAccountAnnotations = this.roleArn.apply((arn) => serviceAccountAnnotations(type, arn));
    this.repository = {
      type: 's3',
      bucket: this.bucketName,
      region: this.region,
      prefix: this.prefix,
      keyType,
      ...(type === 'irsa' ? { roleArn: this.roleArn } : {}),
    };
    this.registerOutputs({
      bucketName: this.bucketName,
      region: this.region,
      prefix: this.prefix,
      keyType: this.keyType,
      roleArn: this.roleArn,
      kmsKeyArn: this.kmsKeyArn,
      accessPolicy: this.accessPolicy,
      serviceAccountAnnotations: this.serviceAccountAnnotations,
      repository: this.repository,
    });
  }
}

interface Bucket {
  readonly name: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
}

function made(children: BucketChildren, keyArn: pulumi.Output<string> | undefined): Bucket {
  const bucket = addBucket(children, keyArn);
  return { name: bucket.bucket, region: bucket.region };
}

/** An existing bucket is asked for its region: a name that is wrong is seen in the preview. */
function found({ aws, parent, spec }: BucketChildren): Bucket {
  const name = orUnknown(spec.apply(({ bucketName }) => bucketName ?? ''));
  const bucket = aws.s3.getBucketOutput({ bucket: name }, { parent });
  return { name: bucket.bucket, region: bucket.bucketRegion };
}

function policyOf(
  { bucketName, region }: BackupBucket,
  { spec }: BucketChildren,
  partition: pulumi.Output<{ partition: string; dnsSuffix: string }>,
  keyArn: pulumi.Output<string> | undefined,
): pulumi.Output<string> {
  const key = keyArn && pulumi.all([keyArn, region]);
  const text = pulumi
    .all([bucketName, partition, spec, key])
    .apply(([bucket, place, { prefix, readPrefixes }, ofKey]) => {
      const kms = ofKey && { keyArn: ofKey[0], region: ofKey[1], dnsSuffix: place.dnsSuffix };
      const to = { partition: place.partition, bucket, prefix, readPrefixes };
      return policyText(accessPolicy({ ...to, ...(kms ? { kms } : {}) }));
    });
  return orUnknown(text);
}

/** The spec, or one error with every problem: in a preview, before anything is touched. */
function validSpec(name: string, args: BackupBucketArgs): pulumi.Output<BucketSpec> {
  const all = pulumi.output(namedParts(args)) as pulumi.Output<unknown>;
  return applyWithUnknowns(all, (value) => {
    const resolved = withMarks(value) as ResolvedBucketArgs;
    const problems = validateBucket(resolved);
    if (problems.length > 0) throw new pulumi.RunError(renderProblems(name, problems, 'BackupBucket'));
    return normaliseBucket(resolved);
  });
}

/** Only what the arguments name: an `aws.eks.Cluster` given as eksCluster has much more. */
function namedParts(args: BackupBucketArgs): BackupBucketArgs {
  const cluster: EksClusterArgs | undefined = args.access?.eksCluster;
  if (args.access === undefined || cluster === undefined || cluster === null) return args;
  const identities = cluster.identities && pulumi.output(cluster.identities).apply(issuersOnly);
  const eksCluster = { arn: cluster.arn, ...(identities === undefined ? {} : { identities }) };
  return { ...args, access: { ...args.access, eksCluster } };
}

function issuersOnly(
  identities: pulumi.Unwrap<NonNullable<EksClusterArgs['identities']>>,
): { oidcs: { issuer: string }[] }[] {
  return identities.map(({ oidcs }) => ({ oidcs: oidcs.map(({ issuer }) => ({ issuer })) }));
}

/** Loaded when it is needed: whoever uses no AWS need not install it. */
function awsPackage(): typeof Aws {
  try {
    return require('@pulumi/aws') as typeof Aws;
  } catch (error) {
    throw new pulumi.RunError(
      `BackupBucket needs the package @pulumi/aws 7: npm install @pulumi/aws (${String(error)})`,
    );
  }
}
