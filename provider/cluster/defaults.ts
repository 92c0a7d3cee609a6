/** Defaults that more than one part needs; the rest are in normalise.ts, next to what they fill. */

/** The image made by `npm run local:up`; replaced by a published one at the first release. */
export const defaultImage = 'localhost/pulumi-postgres-ha:18-dev';

export const defaultPostgresVersion = 18;
/** PostgreSQL major versions in the image. */
export const postgresVersions: readonly number[] = [17, 18];

/** Both the superuser and the database that every cluster has. */
export const superuser = 'postgres';
export const defaultDatabase = 'postgres';

/** Roles of the cluster itself: they log in by the unix socket or by certificate, never by password. */
export const replicationRole = 'replicator';
export const rewindRole = 'rewind';
/** Of the pooler, which looks up with it what a user's password must verify. */
export const poolerRole = 'pooler';
/** Of the exporter, which reads statistics with it. Only with `metrics`. */
export const exporterRole = 'exporter';
/** As whom the exporter runs, in /etc/passwd of the image (image/README.md). */
export const exporterUser = { name: 'exporter', id: 9187 } as const;

export const defaultMemory = '512Mi';
export const defaultStorageSize = '10Gi';
export const defaultCertificateDays = 90;
export const maximumReplicas = 20;

/** Failure detection: why these, docs/failover.md. */
export const defaultPatroni = {
  ttl: 20,
  loopWait: 2,
  retryTimeout: 9,
  failsafeMode: true,
  maximumLagOnFailover: 1048576,
} as const;

export const maximumRepositories = 4;
/** Full backups that are kept: never none, or a repository would grow until it is full. */
export const defaultRetention = 2;
export const defaultProcesses = 2;

/** The pooler's: two pods, so that one may go; PgBouncer's own pool size. */
export const defaultPooler = {
  replicas: 2,
  poolSize: 20,
  maxClientConnections: 1000,
  cpu: '50m',
  memory: '128Mi',
} as const;

/** The exporter's in each pod. */
export const defaultMetrics = { cpu: '10m', memory: '96Mi' } as const;
