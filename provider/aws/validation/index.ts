/** Everything that can be wrong with the arguments of a BackupBucket, said before anything is touched. */
import { shaped } from '../../cluster/validation/shape';
import type { Problem } from '../../cluster/validation/problem';
import type { ResolvedBucketArgs } from '../spec';
import { arns, issuer } from './arns';
import type { BucketCheck } from './check';
import * as names from './names';
import { bucketShape } from './shape';
import * as together from './together';

/** In the order in which their problems are told. */
const checks: readonly BucketCheck[] = [
  names.bucketName,
  names.otherBuckets,
  names.prefixes,
  together.existingBucket,
  together.encryption,
  together.objectLock,
  together.accessLog,
  arns,
  issuer,
  together.trusted,
  together.accessWithoutEffect,
  names.serviceAccounts,
  names.roleName,
  names.tags,
];

/** All problems at once. A value that is not known yet is passed over. */
export function validateBucket(args: ResolvedBucketArgs): Problem[] {
  const { value, problems } = shaped(bucketShape, args, '');
  return [...problems, ...checks.flatMap((check) => [...check(value as ResolvedBucketArgs)])];
}
