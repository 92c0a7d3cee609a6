/** What a BackupBucket gives to a PostgresCluster. */
import type { BucketAccess } from './args';

/** pgBackRest's words (repo-s3-key-type) for where the credentials come from. */
export type KeyType = 'web-id' | 'pod-id' | 'shared';

export function keyTypeOf(access: BucketAccess | undefined): KeyType {
  switch (access) {
    case 'irsa':
      return 'web-id';
    case 'podIdentity':
      return 'pod-id';
    default:
      return 'shared';
  }
}

/** With IRSA the ServiceAccount names the role; an association of Pod Identity needs nothing in Kubernetes. */
export function serviceAccountAnnotations(
  access: BucketAccess | undefined,
  roleArn: string | undefined,
): Record<string, string> {
  return access === 'irsa' && roleArn !== undefined ? { 'eks.amazonaws.com/role-arn': roleArn } : {};
}
