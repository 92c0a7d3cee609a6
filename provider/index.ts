/** pulumi-postgres-ha: highly available PostgreSQL on Kubernetes as one Pulumi component. */
export { PostgresCluster } from './cluster/postgres-cluster';
export * from './cluster/args';
export { BackupBucket } from './aws/backup-bucket';
export type { BackupBucketRepository } from './aws/backup-bucket';
export * from './aws/args';
export type { ActionArgs, ClusterComponent, ConnectionArgs } from './actions/core/arguments';
