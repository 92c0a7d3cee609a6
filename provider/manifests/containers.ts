/** The containers of a member's pod. */
import type { ClusterSpec } from '../cluster/spec';
import { pgbackrestMounts } from './backup-volumes';
import { cloudIdentityEnv, cloudIdentityMounts } from './cloud-identity';
import { containerNames } from './names';
import { pgbackrestServer } from './repository-host';
import { restrictedContext } from './security';

/** Where the agent serves its metrics (config/scripts/metrics.py). */
export const metricsPort = 8009;

const pod = (path: string) => ({ valueFrom: { fieldRef: { fieldPath: path } } });

/** Variables that both containers have. */
function commonEnv(spec: ClusterSpec, member: string) {
  return [
    { name: 'CLUSTER_NAME', value: spec.name },
    { name: 'MEMBER_NAME', value: member },
    { name: 'PG_MAJOR', value: String(spec.postgresVersion) },
    { name: 'POD_NAME', ...pod('metadata.name') },
    { name: 'POD_NAMESPACE', ...pod('metadata.namespace') },
    { name: 'POD_IP', ...pod('status.podIP') },
  ];
}

const mount = (name: string, mountPath: string, readOnly = false) => ({
  name,
  mountPath,
  ...(readOnly ? { readOnly } : {}),
});

function commonMounts() {
  return [
    mount('run', '/run/postgresql'),
    mount('patroni', '/etc/patroni', true),
    mount('config', '/etc/postgres-ha/config', true),
    mount('scripts', '/etc/postgres-ha/scripts', true),
    mount('server-tls', '/etc/postgres-ha/tls/server', true),
    mount('replication-tls', '/etc/postgres-ha/tls/replication', true),
  ];
}

/** Patroni answers its own probes; the kubelet does not check the certificate (Kubernetes docs, "HTTP probes"). */
function patroniProbe(path: string) {
  return { httpGet: { path, port: 8008, scheme: 'HTTPS' } };
}

export function databaseContainer(spec: ClusterSpec, member: string) {
  const { cpu, cpuLimit, memory } = spec.resources;
  return {
    name: containerNames.database,
    image: spec.image.name,
    imagePullPolicy: spec.image.pullPolicy,
    args: ['patroni'],
    env: [
      ...commonEnv(spec, member),
      // Patroni's name must be the pod's, since the pod is the member's record in the DCS.
      { name: 'PATRONI_NAME', value: '$(POD_NAME)' },
      { name: 'PATRONI_SCOPE', value: spec.name },
      { name: 'PATRONI_KUBERNETES_NAMESPACE', value: '$(POD_NAMESPACE)' },
      { name: 'PATRONI_KUBERNETES_POD_IP', value: '$(POD_IP)' },
      { name: 'PATRONI_RESTAPI_CONNECT_ADDRESS', value: '$(POD_IP):8008' },
      { name: 'PATRONI_POSTGRESQL_CONNECT_ADDRESS', value: '$(POD_IP):5432' },
      ...cloudIdentityEnv(spec),
    ],
    ports: [
      { name: 'postgresql', containerPort: 5432, protocol: 'TCP' },
      { name: 'patroni', containerPort: 8008, protocol: 'TCP' },
    ],
    resources: { requests: { cpu, memory }, limits: { memory, ...(cpuLimit ? { cpu: cpuLimit } : {}) } },
    securityContext: restrictedContext(),
    // Patroni answers /liveness from its first round on, also while it clones or recovers,
    // however long that takes: the startup probe only covers Patroni's own start.
    startupProbe: {
      ...patroniProbe('/liveness'),
      periodSeconds: 1,
      timeoutSeconds: 3,
      failureThreshold: 120,
    },
    // A hung primary must be dead before its lock expires and another is promoted: 2 × 5 s
    // + 3 s + its own short grace < ttl 20 s. Without that grace the kubelet would wait the
    // pod's whole one while the old primary still wrote (research: anchors, section 0.4).
    livenessProbe: {
      ...patroniProbe('/liveness'),
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 2,
      terminationGracePeriodSeconds: 2,
    },
    readinessProbe: {
      ...patroniProbe('/readiness'),
      periodSeconds: 2,
      timeoutSeconds: 3,
      failureThreshold: 2,
    },
    lifecycle: { preStop: { exec: { command: ['python3', '/etc/postgres-ha/scripts/prestop.py'] } } },
    volumeMounts: [
      mount('data', '/pgdata'),
      ...(spec.walStorage ? [mount('wal', '/pgwal')] : []),
      mount('tmp', '/tmp'),
      mount('shm', '/dev/shm'),
      ...(spec.repositories.length > 0 ? pgbackrestMounts() : []),
      ...cloudIdentityMounts(spec),
      mount('restore', '/etc/postgres-ha/restore', true),
      ...commonMounts(),
    ],
  };
}

export function agentContainer(spec: ClusterSpec, member: string) {
  return {
    name: containerNames.agent,
    image: spec.image.name,
    imagePullPolicy: spec.image.pullPolicy,
    args: ['agent'],
    // Whether there is one to serve the metrics of.
    env: [...commonEnv(spec, member), ...(spec.metrics ? [{ name: 'EXPORTER', value: 'yes' }] : [])],
    ports: [{ name: 'metrics', containerPort: metricsPort, protocol: 'TCP' }],
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    securityContext: restrictedContext(),
    volumeMounts: [mount('tmp', '/tmp'), ...commonMounts()],
  };
}

/** Lets a backup read this member's data, and looks after the archive while the member leads. */
export function backupContainer(spec: ClusterSpec) {
  const server = pgbackrestServer(spec);
  return {
    ...server,
    name: containerNames.backup,
    env: [...server.env, ...cloudIdentityEnv(spec)],
    volumeMounts: [
      mount('data', '/pgdata'),
      ...(spec.walStorage ? [mount('wal', '/pgwal')] : []),
      mount('tmp', '/tmp'),
      mount('run', '/run/postgresql'),
      mount('scripts', '/etc/postgres-ha/scripts', true),
      ...pgbackrestMounts(),
      ...cloudIdentityMounts(spec),
    ],
  };
}
