/** What a check of a BackupBucket's arguments is. */
import type { Problem } from '../../cluster/validation/problem';
import { isUnknown } from '../../cluster/spec';
import type { ResolvedBucketArgs } from '../spec';

export type BucketCheck = (args: ResolvedBucketArgs) => Iterable<Problem>;

/** A value that is given and known, or undefined: then there is nothing to check. */
export function known<T>(value: T | undefined): T | undefined {
  return isUnknown(value) ? undefined : value;
}
