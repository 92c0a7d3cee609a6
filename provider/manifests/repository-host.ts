/** The repository host: one pod with the volume of the local repository, and pgBackRest's server in front of it. */
import { backupPort } from '../config/pgbackrest';
import type { ClusterSpec } from '../cluster/spec';
import { certificateVolume, configurationVolume, pgbackrestMounts, repositoryVolume } from './backup-volumes';
import { clusterLabels, metadata, skipAwait } from './metadata';
import { labels, names } from './names';
import { podSecurity, restrictedContext, schedulingOf } from './security';

export function repositorySelector(spec: ClusterSpec): Record<string, string> {
  return { [labels.cluster]: spec.name, [labels.component]: 'repository' };
}

export function repositoryService(spec: ClusterSpec) {
  const port = { name: 'pgbackrest', port: backupPort, protocol: 'TCP', targetPort: backupPort };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(spec, names.repositoryHost(spec.name), 'repository', skipAwait),
    // It is one pod. After an outage of the API server Kubernetes calls every pod not ready, and lets a minute pass until this one
    // is again (met in soak:failover): meanwhile its server answers.
    spec: { publishNotReadyAddresses: true, selector: repositorySelector(spec), ports: [port] },
  };
}

/** Kubernetes may restart it at any time: WAL waits for it on the primary. */
export function repositoryHost(spec: ClusterSpec) {
  const name = names.repositoryHost(spec.name);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(spec, name, 'repository', skipAwait),
    spec: {
      // No `replicas`, as with members (manifests/stateful-set.ts).
      serviceName: name,
      revisionHistoryLimit: 2,
      selector: { matchLabels: repositorySelector(spec) },
      template: {
        metadata: {
          labels: clusterLabels(spec, 'repository'),
          annotations: { ...spec.metadata.annotations },
        },
        spec: {
          serviceAccountName: names.serviceAccount(spec.name),
          // It calls no API.
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 30,
          ...podSecurity(),
          ...schedulingOf(spec),
          containers: [{ ...serverContainer(spec), readinessProbe: tcpProbe() }],
          volumes: [
            { name: 'tmp', emptyDir: {} },
            { name: 'scripts', configMap: { name: names.scriptsConfigMap(spec.name), defaultMode: 0o555 } },
            repositoryVolume(spec),
            configurationVolume(spec, 'host'),
            certificateVolume(spec),
          ],
        },
      },
    },
  };
}

function tcpProbe() {
  return { tcpSocket: { port: backupPort }, periodSeconds: 5, timeoutSeconds: 3 };
}

function serverContainer(spec: ClusterSpec) {
  return {
    ...pgbackrestServer(spec),
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'scripts', mountPath: '/etc/postgres-ha/scripts', readOnly: true },
      { name: 'repository', mountPath: '/pgbackrest' },
      ...pgbackrestMounts(),
    ],
  };
}

/**
 * `pgbackrest server` under a small program that reloads it when its configuration or certificate changes, and,
 * in the primary's pod, sees to stanzas and looks whether WAL arrives (config/scripts/pgbackrest_server.py). The
 * image's role repo-host is not used: it refuses to start on a full volume, and then nothing could be expired.
 */
export function pgbackrestServer(spec: ClusterSpec) {
  return {
    name: 'pgbackrest',
    image: spec.image.name,
    imagePullPolicy: spec.image.pullPolicy,
    args: ['sh', '-c', 'exec python3 /etc/postgres-ha/scripts/pgbackrest_server.py'],
    env: [
      { name: 'PG_MAJOR', value: String(spec.postgresVersion) },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ],
    ports: [{ name: 'pgbackrest', containerPort: backupPort, protocol: 'TCP' }],
    // A backup compresses here, in as many processes as it has.
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } },
    securityContext: restrictedContext(),
  };
}
