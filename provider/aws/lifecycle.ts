/** Rules for what pgBackRest leaves behind. */
import type { BucketSpec } from './spec';

export interface LifecycleRule {
  readonly id: string;
  readonly status: 'Enabled';
  readonly filter: { readonly prefix: string };
  readonly noncurrentVersionExpiration?: { readonly noncurrentDays: number };
  readonly expiration?: { readonly expiredObjectDeleteMarker: boolean };
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation: number };
}

/** The whole bucket: current objects are pgBackRest's alone to expire, so no rule ever touches one. */
const everything = { prefix: '' };

export function lifecycleRules({ lifecycle }: Pick<BucketSpec, 'lifecycle'>): LifecycleRule[] {
  return [
    {
      id: 'old-versions',
      status: 'Enabled',
      filter: everything,
      noncurrentVersionExpiration: { noncurrentDays: lifecycle.noncurrentDays },
      // What is left of a deleted object once its versions are gone; listings slow down with their number.
      expiration: { expiredObjectDeleteMarker: true },
    },
    {
      id: 'unfinished-uploads',
      status: 'Enabled',
      filter: everything,
      // pgBackRest has no call that aborts an upload (src/storage/s3/write.c), and parts are paid for unseen.
      abortIncompleteMultipartUpload: { daysAfterInitiation: lifecycle.abortUploadDays },
    },
  ];
}
