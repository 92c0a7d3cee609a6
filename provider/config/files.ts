/** Where things lie in a member's pod. The pod template mounts them there (manifests/pod-template.ts). */

export const directories = {
  data: '/pgdata/data',
  wal: '/pgwal/wal',
  /** A socket directory that the database's and the agent's container share. */
  socket: '/run/postgresql',
  temporary: '/tmp',
  /** pgBackRest's marks of WAL that is on its way; with the data, so that they outlive the pod. */
  spool: '/pgdata/pgbackrest/spool',
  /** Files that name WAL which a repository has lost, one a repository. */
  gaps: '/pgdata/pgbackrest',
  /** The volume of a test restore. */
  testRestore: '/restore',
  /** The volume of the repository host. */
  repository: '/pgbackrest',
  binaries: (version: number) => `/usr/lib/postgresql/${version}/bin`,
} as const;

export const tlsFiles = {
  serverCertificate: '/etc/postgres-ha/tls/server/tls.crt',
  serverKey: '/etc/postgres-ha/tls/server/tls.key',
  /** Who must have issued a server's certificate. */
  serverAuthority: '/etc/postgres-ha/tls/server/ca.crt',
  clientCertificate: '/etc/postgres-ha/tls/replication/tls.crt',
  clientKey: '/etc/postgres-ha/tls/replication/tls.key',
  /** Who must have issued a client's certificate: the cluster's own CA, always. */
  clientAuthority: '/etc/postgres-ha/tls/replication/ca.crt',
} as const;

/** In a pod of the pooler. */
export const poolerFiles = {
  /** Shown to clients: the pooler's own, or the one that the user brings for all servers. */
  certificate: '/etc/postgres-ha/tls/pooler-server/tls.crt',
  key: '/etc/postgres-ha/tls/pooler-server/tls.key',
  /** Shown to PostgreSQL: the pooler's own, always. */
  clientCertificate: '/etc/postgres-ha/tls/pooler/tls.crt',
  clientKey: '/etc/postgres-ha/tls/pooler/tls.key',
  socket: '/tmp',
} as const;

/** pgBackRest's certificate, of servers and clients alike, and the CAs of S3 servers. */
export const backupFiles = {
  certificate: '/etc/postgres-ha/tls/backup/tls.crt',
  key: '/etc/postgres-ha/tls/backup/tls.key',
  authority: '/etc/postgres-ha/tls/backup/ca.crt',
  storageAuthority: (repository: number) => `/etc/pgbackrest/ca/${repository}.crt`,
} as const;
