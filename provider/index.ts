/** pulumi-postgres-ha: highly available PostgreSQL on Kubernetes as one Pulumi component. */
export { PostgresCluster } from './cluster/postgres-cluster';
export * from './cluster/args';
