/** pulumi-postgres-ha: highly available PostgreSQL on Kubernetes as one Pulumi component. */
export { PostgresCluster } from './cluster/postgres-cluster';
export * from './cluster/args';
export { BackupBucket } from './aws/backup-bucket';
export type { BackupBucketRepository } from './aws/backup-bucket';
export * from './aws/args';
export type { ActionArgs, ClusterComponent, ConnectionArgs } from './actions/core/arguments';
export { Restart, type RestartArgs } from './actions/restart/resource';
export { Switchover, type SwitchoverArgs } from './actions/switchover/resource';
export { Fence, type FenceArgs } from './actions/fence/resource';
export { Maintenance, type MaintenanceArgs } from './actions/maintenance/resource';
export { Backup, type BackupArgs } from './actions/backup/resource';
export { Reinitialize, type ReinitializeArgs } from './actions/reinitialize/resource';
export { getMembers, getMembersOutput } from './actions/get-members/get-members';
export type { GetMembersArgs, GetMembersOutputArgs } from './actions/get-members/get-members';
export type { Member } from './actions/get-members/report';
export { Hibernate, type HibernateArgs } from './actions/hibernate/resource';
export { Restore, type RestoreArgs } from './actions/restore/resource';
