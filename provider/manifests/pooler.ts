/** The pooler: PgBouncer in pods of its own, before the primary. */
import type { ClusterSpec, PoolerSpec } from '../cluster/spec';
import { serverSecretName } from '../config/certificates';
import { postgresPort, resolverOptions } from '../config/connection';
import { clusterLabels, metadata, skipAwait } from './metadata';
import { containerNames, labels, names } from './names';
import { mountedSecretMode, podSecurity, restrictedContext, schedulingOf } from './security';
import { clients } from './network-policies';

/**
 * Until Kubernetes has told every node that the pod leads nowhere (5 s, scripts/pooler.py), and then for transactions to
 * end. Whoever holds its connection for longer, in session mode say, loses it.
 */
const terminationGraceSeconds = 60;

export function poolerSelector(spec: ClusterSpec): Record<string, string> {
  return { [labels.cluster]: spec.name, [labels.component]: 'pooler' };
}

export function poolerService(spec: ClusterSpec) {
  const port = { name: 'postgresql', port: postgresPort, protocol: 'TCP', targetPort: postgresPort };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(spec, names.pooler(spec.name), 'pooler', {
      ...spec.service.annotations,
      ...skipAwait,
    }),
    spec: { type: spec.service.type, selector: poolerSelector(spec), ports: [port] },
  };
}

/** It calls no API, and has not the members' account, whose role on AWS opens the backups. */
export function poolerServiceAccount(spec: ClusterSpec) {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(spec, names.pooler(spec.name), 'pooler'),
    automountServiceAccountToken: false,
  };
}

export function poolerDisruptionBudget(spec: ClusterSpec) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(spec, names.pooler(spec.name), 'pooler'),
    spec: { maxUnavailable: 1, selector: { matchLabels: poolerSelector(spec) } },
  };
}

export function poolerNetworkPolicy(spec: ClusterSpec) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec, names.pooler(spec.name), 'pooler'),
    spec: {
      podSelector: { matchLabels: poolerSelector(spec) },
      policyTypes: ['Ingress'],
      ingress: [clients(spec)],
    },
  };
}

export function poolerDeployment(spec: ClusterSpec, pooler: PoolerSpec) {
  const name = names.pooler(spec.name);
  const apart = {
    labelSelector: { matchLabels: poolerSelector(spec) },
    topologyKey: 'kubernetes.io/hostname',
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(spec, name, 'pooler'),
    spec: {
      replicas: pooler.replicas,
      revisionHistoryLimit: 2,
      selector: { matchLabels: poolerSelector(spec) },
      // Never fewer than asked for: clients move to a new pod before an old one goes.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: {
          labels: clusterLabels(spec, 'pooler'),
          annotations: { ...spec.metadata.annotations },
        },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: terminationGraceSeconds,
          ...podSecurity(),
          ...schedulingOf(spec),
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: apart }],
            },
          },
          containers: [container(spec, pooler)],
          volumes: volumes(spec),
        },
      },
    },
  };
}

function container(spec: ClusterSpec, { resources: { cpu, memory } }: PoolerSpec) {
  const mount = (name: string, mountPath: string) => ({ name, mountPath, readOnly: true });
  return {
    name: containerNames.pooler,
    image: spec.image.name,
    imagePullPolicy: spec.image.pullPolicy,
    args: ['sh', '-c', 'exec python3 /etc/postgres-ha/scripts/pooler.py'],
    env: [
      { name: 'PG_MAJOR', value: String(spec.postgresVersion) },
      { name: 'CLUSTER_NAME', value: spec.name },
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'RES_OPTIONS', value: resolverOptions },
    ],
    ports: [{ name: 'postgresql', containerPort: postgresPort, protocol: 'TCP' }],
    resources: { requests: { cpu, memory }, limits: { memory } },
    securityContext: restrictedContext(),
    // That it takes connections, not that PostgreSQL does: while there is no primary, clients are to wait here.
    readinessProbe: { tcpSocket: { port: postgresPort }, periodSeconds: 2, timeoutSeconds: 2 },
    livenessProbe: { tcpSocket: { port: postgresPort }, periodSeconds: 10, timeoutSeconds: 5 },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      mount('scripts', '/etc/postgres-ha/scripts'),
      mount('pgbouncer', '/etc/pgbouncer'),
      mount('server-tls', '/etc/postgres-ha/tls/server'),
      mount('pooler-tls', '/etc/postgres-ha/tls/pooler'),
      mount('pooler-server-tls', '/etc/postgres-ha/tls/pooler-server'),
    ],
  };
}

function volumes(spec: ClusterSpec) {
  const { name, tls } = spec;
  const secret = (volume: string, secretName: string, only?: string) => ({
    name: volume,
    secret: {
      secretName,
      defaultMode: mountedSecretMode,
      ...(only === undefined ? {} : { items: [{ key: only, path: only }] }),
    },
  });
  return [
    { name: 'tmp', emptyDir: {} },
    { name: 'scripts', configMap: { name: names.scriptsConfigMap(name), defaultMode: 0o555 } },
    { name: 'pgbouncer', configMap: { name: names.pooler(name) } },
    // Who issued PostgreSQL's certificate; its key is not the pooler's business.
    secret('server-tls', serverSecretName(spec), 'ca.crt'),
    secret('pooler-tls', names.poolerCertificate(name)),
    secret('pooler-server-tls', tls.serverSecret ?? names.poolerCertificate(name)),
  ];
}
