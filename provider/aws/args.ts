/** What a stack author writes for a `BackupBucket`. Same rules as provider/cluster/args.ts. */
import type { Input } from '@pulumi/pulumi';
import type { DeletionPolicy } from '../cluster/args';

/** How objects are encrypted at rest. */
export const BucketEncryption = {
  /** With keys that S3 keeps (SSE-S3): no key to manage, no further cost. */
  s3: 's3',
  /** With a key of KMS (SSE-KMS): whoever reads needs the key as well. */
  kms: 'kms',
} as const;
export type BucketEncryption = (typeof BucketEncryption)[keyof typeof BucketEncryption];

/** How pods get credentials for the bucket. No form of it has a static key. */
export const BucketAccess = {
  /** IAM roles for service accounts: the pod's own token is exchanged for the role's credentials. */
  irsa: 'irsa',
  /** EKS Pod Identity: the agent on the node hands them out, by an association that is made here. */
  podIdentity: 'podIdentity',
} as const;
export type BucketAccess = (typeof BucketAccess)[keyof typeof BucketAccess];

/** Who may end an object lock early. */
export const ObjectLockMode = {
  /** Principals with s3:BypassGovernanceRetention, which no pod gets here. */
  governance: 'GOVERNANCE',
  /** Nobody, the account's root included. Think twice: until then the storage is paid for. */
  compliance: 'COMPLIANCE',
} as const;
export type ObjectLockMode = (typeof ObjectLockMode)[keyof typeof ObjectLockMode];

/** Encryption of the bucket. */
export interface BucketEncryptionArgs {
  /** Default: s3. */
  type?: BucketEncryption;
  /** ARN of the KMS key (`arn:…:key/…`, no alias: policies need the key itself). Default, with kms: a key is made, rotated every year, and kept on destroy like the bucket. */
  kmsKeyArn?: Input<string>;
}

/** What becomes of objects that pgBackRest is done with. */
export interface BucketLifecycleArgs {
  /** Days that an overwritten or deleted object can still be got back. Default: 30. */
  noncurrentDays?: Input<number>;
  /** Days after which an unfinished upload is removed; pgBackRest never removes one itself. Default: 7. */
  abortUploadDays?: Input<number>;
}

/** Object lock: no version can be deleted before its time. */
export interface BucketObjectLockArgs {
  /** Default: GOVERNANCE. */
  mode?: Input<ObjectLockMode>;
  /** Days that each version is locked, 1 to 36500. Not much more than the retention of backups, or nothing is ever freed. */
  days: Input<number>;
}

/** Where S3 writes who used the bucket. */
export interface BucketAccessLogArgs {
  /** Name of a bucket in the same region whose policy lets `logging.s3.amazonaws.com` write. */
  bucket: Input<string>;
  /** Beginning of the log objects' names. Default: the bucket's name and "/". */
  prefix?: Input<string>;
}

/** A ServiceAccount that may use the bucket: a cluster's name in its namespace. */
export interface BucketServiceAccountArgs {
  /** Namespace. */
  namespace: Input<string>;
  /** Name of the ServiceAccount; a `PostgresCluster` has one of its own name. */
  name: Input<string>;
}

/** An OIDC issuer of an EKS cluster, as `aws.eks.Cluster` gives it. */
export interface EksClusterOidcArgs {
  /** URL of the issuer. */
  issuer: Input<string>;
}

/** An identity of an EKS cluster, as `aws.eks.Cluster` gives it. */
export interface EksClusterIdentityArgs {
  /** The issuers; the first one counts. */
  oidcs: Input<Input<EksClusterOidcArgs>[]>;
}

/** Outputs of an EKS cluster. An `aws.eks.Cluster` has them all and can be given as it is. */
export interface EksClusterArgs {
  /** ARN of the cluster; its account, region and name are read from it. */
  arn: Input<string>;
  /** Its identities, for IRSA. */
  identities?: Input<Input<EksClusterIdentityArgs>[]>;
}

/** Who may use the bucket, and how. */
export interface BucketAccessArgs {
  /** How pods get credentials. */
  type: BucketAccess;
  /** The ServiceAccounts: exactly these, wildcards are refused. */
  serviceAccounts?: BucketServiceAccountArgs[];
  /** The EKS cluster. Needed for podIdentity; with irsa the OIDC provider is derived from it. */
  eksCluster?: EksClusterArgs;
  /** With irsa: ARN of the IAM OIDC provider, which must exist. Default: derived from `eksCluster`. */
  oidcProviderArn?: Input<string>;
  /** With irsa: URL of the issuer. Default: derived from the ARN, which holds it. */
  oidcProviderUrl?: Input<string>;
  /** With irsa: the audience of the tokens. Default: sts.amazonaws.com, which EKS uses. */
  audience?: Input<string>;
  /** ARN of a role that exists; its policies and its trust are left as they are. Default: a role is made. */
  existingRoleArn?: Input<string>;
  /** Name of the role that is made. Default: generated. */
  roleName?: Input<string>;
  /** ARN of the permissions boundary of the role that is made. Default: none. */
  permissionsBoundaryArn?: Input<string>;
}

/** Arguments of a `BackupBucket`. */
export interface BackupBucketArgs {
  /** Name of the bucket. Default: generated from the resource's name. */
  bucketName?: Input<string>;
  /** Name of a bucket that exists and is taken instead; nothing of it is changed. */
  existingBucket?: Input<string>;
  /** First part of the names of all objects; access ends there. Default: "pgbackrest". */
  prefix?: Input<string>;
  /** Further prefixes that may be read, and nothing else: to restore from another cluster's backups. Default: none. */
  readPrefixes?: Input<Input<string>[]>;
  /** Encryption. With `existingBucket`: the key that the bucket has, so that the role may use it. */
  encryption?: BucketEncryptionArgs;
  /** Whether overwritten and deleted objects are kept for `lifecycle.noncurrentDays`. Default: true. */
  versioning?: Input<boolean>;
  /** What becomes of old objects. */
  lifecycle?: BucketLifecycleArgs;
  /** Object lock. Default: none. Once on, S3 never lets it be taken off the bucket. */
  objectLock?: BucketObjectLockArgs;
  /** Access log. Default: none. */
  accessLog?: BucketAccessLogArgs;
  /** Keyless access for pods. Default: none is made. */
  access?: BucketAccessArgs;
  /** Tags on everything that is made and can carry tags. */
  tags?: Input<{ [name: string]: Input<string> }>;
  /** What becomes of the bucket, its settings and its key on destroy; `delete` removes every backup in it. Default: retain. */
  deletionPolicy?: DeletionPolicy;
}
