/** The CronJob that renews the cluster's certificates, whether or not anyone runs `pulumi up`. */
import type { ClusterSpec } from '../cluster/spec';

import { clusterLabels, metadata } from './metadata';
import { hash, names } from './names';
import { containerUser, mountedSecretMode, restrictedContext } from './security';

/** Daily, at a minute and hour that follow from the name, so that many clusters do not run at once. */
export function renewalSchedule(spec: ClusterSpec): string {
  const n = parseInt(hash(`${spec.name}/renewal`), 16);
  return `${n % 60} ${Math.floor(n / 60) % 24} * * *`;
}

export function renewalCronJob(spec: ClusterSpec) {
  const name = names.renewal(spec.name);
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata(spec, name, 'certificates'),
    spec: {
      schedule: renewalSchedule(spec),
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels: clusterLabels(spec, 'certificates') },
        spec: {
          backoffLimit: 3,
          activeDeadlineSeconds: 600,
          template: {
            metadata: { labels: clusterLabels(spec, 'certificates') },
            spec: renewalPod(spec, name),
          },
        },
      },
    },
  };
}

function renewalPod(spec: ClusterSpec, account: string) {
  return {
    restartPolicy: 'Never',
    serviceAccountName: account,
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: containerUser,
      runAsGroup: containerUser,
      fsGroup: containerUser,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(spec.image.pullSecrets.length > 0
      ? { imagePullSecrets: spec.image.pullSecrets.map((secret) => ({ name: secret })) }
      : {}),
    ...(spec.scheduling.tolerations.length > 0
      ? { tolerations: spec.scheduling.tolerations.map((t) => ({ ...t })) }
      : {}),
    ...(Object.keys(spec.scheduling.nodeSelector).length > 0
      ? { nodeSelector: { ...spec.scheduling.nodeSelector } }
      : {}),
    containers: [
      {
        name: 'renew',
        image: spec.image.name,
        imagePullPolicy: spec.image.pullPolicy,
        args: ['renew-certificates'],
        env: [
          { name: 'CLUSTER_NAME', value: spec.name },
          { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
        ],
        resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
        securityContext: restrictedContext(),
        volumeMounts: [
          { name: 'ca', mountPath: '/etc/postgres-ha/ca', readOnly: true },
          { name: 'patroni', mountPath: '/etc/patroni', readOnly: true },
          { name: 'scripts', mountPath: '/etc/postgres-ha/scripts', readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      { name: 'ca', secret: { secretName: names.caSecret(spec.name), defaultMode: mountedSecretMode } },
      { name: 'patroni', configMap: { name: names.patroniConfigMap(spec.name) } },
      { name: 'scripts', configMap: { name: names.scriptsConfigMap(spec.name), defaultMode: 0o555 } },
      { name: 'tmp', emptyDir: { medium: 'Memory' } },
    ],
  };
}
