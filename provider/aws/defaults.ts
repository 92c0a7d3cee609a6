/** Defaults of a BackupBucket. */
export const defaultPrefix = 'pgbackrest';
/** A month to notice that somebody deleted the backups. */
export const defaultNoncurrentDays = 30;
export const defaultAbortUploadDays = 7;
/** The audience of the tokens that EKS puts into pods (amazon-eks-pod-identity-webhook). */
export const defaultAudience = 'sts.amazonaws.com';
/** S3's own limit of a default retention. */
export const maximumLockDays = 36500;
