/** The exporter of PostgreSQL's metrics, a container of each member's pod: prometheus-postgres-exporter 0.19.1. */
import { exporterRole, exporterUser } from '../cluster/defaults';
import { UNKNOWN, type ClusterSpec, type MetricsSpec } from '../cluster/spec';
import { parseQuantity } from '../config/quantity';
import { containerNames } from './names';
import { restrictedContext } from './security';

/** Where the agent serves what the exporter measures (config/scripts/metrics.py). */
export const exporterPort = 9187;
/** The exporter's own, for the pod alone: it connects, by /probe, to wherever it is told. */
const listens = '127.0.0.1:19187';

/** On besides what is on by default: what alerts are made of (docs/monitor.md). */
const collectors = [
  'database_wraparound',
  'long_running_transactions',
  'postmaster',
  'stat_activity_autovacuum',
  'stat_checkpointer',
  'stat_wal_receiver',
];

/**
 * By the socket, without a password. Names resolve in pg_catalog alone: in the owner's database nobody's operator may be found in
 * place of PostgreSQL's (CVE-2018-1058 and its kind). A scrape must neither wait for a lock nor pile up. The exporter splits this
 * text at commas and spaces (exporter/datasource.go and util.go, 0.19), so the database, whose name may hold them, comes by PGDATABASE.
 */
const dataSource = [
  'host=/run/postgresql',
  `user=${exporterRole}`,
  'sslmode=disable',
  'application_name=postgres_exporter',
  'search_path=pg_catalog',
  'lock_timeout=2000',
  'statement_timeout=10000',
].join(' ');

export function exporterContainer(spec: ClusterSpec, { database, resources: { cpu, memory } }: MetricsSpec) {
  return {
    name: containerNames.exporter,
    image: spec.image.name,
    imagePullPolicy: spec.image.pullPolicy,
    args: ['exporter', `--web.listen-address=${listens}`, ...collectors.map((name) => `--collector.${name}`)],
    env: [
      { name: 'PG_MAJOR', value: String(spec.postgresVersion) },
      { name: 'DATA_SOURCE_NAME', value: dataSource },
      // Kubernetes takes "$(" for a reference, and "$$" for a dollar.
      { name: 'PGDATABASE', value: database.replaceAll('$', '$$$$') },
      { name: 'GOMEMLIMIT', value: softLimit(memory) },
    ],
    ports: [{ name: 'exporter', containerPort: exporterPort, protocol: 'TCP' }],
    resources: { requests: { cpu, memory }, limits: { memory } },
    // Not PostgreSQL's own user, who would be let in as the superuser.
    securityContext: { ...restrictedContext(), runAsUser: exporterUser.id, runAsGroup: exporterUser.id },
    volumeMounts: [
      { name: 'run', mountPath: '/run/postgresql', readOnly: true },
      // Where something is mounted already, Kubernetes mounts no token (admission plugin ServiceAccount): it opens the users' Secrets.
      { name: 'no-token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
    ],
  };
}

/** Above this Go's collector works harder; at the limit the container would be killed, and its member not ready. */
function softLimit(memory: string): string {
  const bytes = parseQuantity(memory);
  return bytes === undefined ? UNKNOWN : String(Math.floor(bytes * 0.9));
}
