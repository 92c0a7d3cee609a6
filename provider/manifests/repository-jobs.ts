/** What all Jobs that work on one repository have in common: backups, verification, test restores. */
import type { ClusterSpec, RepositorySpec } from '../cluster/spec';
import { certificateVolume, configurationVolume, pgbackrestMounts, repositoryVolume } from './backup-volumes';
import { cloudIdentityEnv, cloudIdentityMounts, cloudIdentityVolumes } from './cloud-identity';
import { clusterLabels, metadata } from './metadata';
import { labels, names } from './names';
import { repositorySelector } from './repository-host';
import { podSecurity, restrictedContext, schedulingOf } from './security';

export interface RepositoryWork {
  /** Of the container. */
  readonly name: string;
  /** In config/scripts. */
  readonly script: string;
  readonly args: readonly string[];
  readonly repository: RepositorySpec;
  /** First part of the name of pgBackRest's file (backup-volumes.ts). */
  readonly configuration: string;
  /** How often it is tried again. Default: 2, for a backup whose pod was lost is taken again. */
  readonly retries?: number;
  /** Besides those that all have. */
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly mounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly volumes?: readonly { readonly name: string; readonly [source: string]: unknown }[];
}

export interface When {
  readonly schedule: string;
  readonly timeZone: string;
  readonly suspend?: boolean;
}

/** How many ended Jobs stay. */
const history = { successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 3 };

export function repositoryOf(spec: ClusterSpec, number: number): RepositorySpec {
  return spec.repositories.find((one) => one.number === number)!;
}

export function repositoryCronJob(
  spec: ClusterSpec,
  name: string,
  work: RepositoryWork,
  when: When,
  kept: typeof history = history,
) {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata(spec, name, 'backup'),
    spec: {
      ...when,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      ...kept,
      jobTemplate: {
        metadata: { labels: clusterLabels(spec, 'backup') },
        spec: jobSpec(spec, work),
      },
    },
  };
}

export function jobSpec(spec: ClusterSpec, work: RepositoryWork) {
  return {
    backoffLimit: work.retries ?? 2,
    template: {
      metadata: { labels: clusterLabels(spec, 'backup'), annotations: { ...spec.metadata.annotations } },
      spec: pod(spec, work),
    },
  };
}

function pod(spec: ClusterSpec, work: RepositoryWork) {
  const { name, script, args, repository, configuration, env = [], mounts = [], volumes = [] } = work;
  const local = repository.local !== undefined;
  return {
    restartPolicy: 'Never',
    serviceAccountName: names.serviceAccount(spec.name),
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    ...podSecurity(),
    ...schedulingOf(spec),
    // A ReadWriteOnce volume can be mounted by several pods of one node.
    ...(local ? { affinity: besideRepositoryHost(spec) } : {}),
    containers: [
      {
        name,
        image: spec.image.name,
        imagePullPolicy: spec.image.pullPolicy,
        args: ['sh', '-c', `exec python3 /etc/postgres-ha/scripts/${script} "$@"`, name, ...args],
        env: [
          { name: 'CLUSTER_NAME', value: spec.name },
          { name: 'REPOSITORY', value: String(repository.number) },
          { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
          ...cloudIdentityEnv(spec),
          ...env,
        ],
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } },
        securityContext: restrictedContext(),
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'scripts', mountPath: '/etc/postgres-ha/scripts', readOnly: true },
          ...(local ? [{ name: 'repository', mountPath: '/pgbackrest' }] : []),
          ...pgbackrestMounts(),
          ...cloudIdentityMounts(spec),
          ...mounts,
        ],
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: {} },
      { name: 'scripts', configMap: { name: names.scriptsConfigMap(spec.name), defaultMode: 0o555 } },
      ...(local ? [repositoryVolume(spec)] : []),
      configurationVolume(spec, { repository, job: configuration }),
      certificateVolume(spec),
      ...cloudIdentityVolumes(spec),
      ...volumes,
    ],
  };
}

function besideRepositoryHost(spec: ClusterSpec) {
  return {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: repositorySelector(spec) }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  };
}

/** Labels of the pods of all such Jobs, for the NetworkPolicy. */
export function backupSelector(spec: ClusterSpec): Record<string, string> {
  return { [labels.cluster]: spec.name, [labels.component]: 'backup' };
}
