/** A BackupBucket's arguments as plain data with every default filled in; a text may be `UNKNOWN` in a preview. */
import type { DeletionPolicy } from '../cluster/args';
import type { BucketAccess, BucketEncryption, ObjectLockMode } from './args';

/** What the arguments are once every Output is resolved. */
export interface ResolvedBucketArgs {
  readonly bucketName?: string;
  readonly existingBucket?: string;
  readonly prefix?: string;
  readonly readPrefixes?: readonly string[];
  readonly encryption?: { readonly type?: BucketEncryption; readonly kmsKeyArn?: string };
  readonly versioning?: boolean;
  readonly lifecycle?: { readonly noncurrentDays?: number; readonly abortUploadDays?: number };
  readonly objectLock?: { readonly mode?: ObjectLockMode; readonly days: number };
  readonly accessLog?: { readonly bucket: string; readonly prefix?: string };
  readonly access?: ResolvedAccess;
  readonly tags?: Readonly<Record<string, string>>;
  readonly deletionPolicy?: DeletionPolicy;
}

export interface ResolvedAccess {
  readonly type: BucketAccess;
  readonly serviceAccounts?: readonly ServiceAccountName[];
  readonly eksCluster?: EksCluster;
  readonly oidcProviderArn?: string;
  readonly oidcProviderUrl?: string;
  readonly audience?: string;
  readonly existingRoleArn?: string;
  readonly roleName?: string;
  readonly permissionsBoundaryArn?: string;
}

export interface EksCluster {
  readonly arn: string;
  readonly identities?: readonly { readonly oidcs: readonly { readonly issuer: string }[] }[];
}

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

export interface BucketSpec {
  readonly bucketName?: string;
  readonly prefix: string;
  readonly readPrefixes: readonly string[];
  readonly encryption: { readonly type: BucketEncryption; readonly kmsKeyArn?: string };
  readonly versioning: boolean;
  readonly lifecycle: { readonly noncurrentDays: number; readonly abortUploadDays: number };
  readonly objectLock?: { readonly mode: ObjectLockMode; readonly days: number };
  readonly accessLog?: { readonly bucket: string; readonly prefix?: string };
  readonly access?: AccessSpec;
  readonly tags: Readonly<Record<string, string>>;
}

export interface AccessSpec {
  readonly serviceAccounts: readonly ServiceAccountName[];
  /** With irsa: whose tokens are trusted. */
  readonly oidc?: OidcTrust;
  /** With podIdentity: the cluster whose pods are trusted. */
  readonly eksClusterArn?: string;
  readonly roleName?: string;
  readonly permissionsBoundaryArn?: string;
}

export interface OidcTrust {
  readonly providerArn: string;
  readonly audience: string;
}
