/** Jobs that take backups: by schedule, the first one, and, from a template, on demand. */
import type { ClusterSpec, RepositorySpec, ScheduleSpec } from '../cluster/spec';
import { certificateVolume, configurationVolume, pgbackrestMounts, repositoryVolume } from './backup-volumes';
import { cloudIdentityEnv, cloudIdentityMounts, cloudIdentityVolumes } from './cloud-identity';
import { clusterLabels, metadata, skipAwait } from './metadata';
import { hash, labels, names } from './names';
import { repositorySelector } from './repository-host';
import { podSecurity, restrictedContext, schedulingOf } from './security';
import { stable } from './fingerprint';

/** One CronJob a schedule, named by what it does, so that one more schedule renames no other. */
export function scheduleNames(spec: Pick<ClusterSpec, 'name' | 'schedules'>): string[] {
  const base = ({ type, repository }: ScheduleSpec) => `${spec.name}-${type}-repo${repository}`;
  return spec.schedules.map((schedule, index) => {
    const before = spec.schedules.slice(0, index).filter((other) => base(other) === base(schedule)).length;
    return before === 0 ? base(schedule) : `${base(schedule)}-${before + 1}`;
  });
}

export function backupCronJob(spec: ClusterSpec, index: number) {
  const { type, repository, cron, timeZone } = spec.schedules[index]!;
  return cronJob(spec, scheduleNames(spec)[index]!, repositoryOf(spec, repository), [type], {
    schedule: cron,
    timeZone,
  });
}

/** Never runs by itself: `pgha backup` makes a Job from it. */
export function backupTemplate(spec: ClusterSpec, repository: RepositorySpec) {
  const name = `${names.backupTemplate(spec.name)}-repo${repository.number}`;
  return cronJob(spec, name, repository, ['incr'], {
    schedule: '0 0 1 1 *',
    timeZone: 'Etc/UTC',
    suspend: true,
  });
}

/** The first full backup of a repository, if it has none. Another place is another repository. */
export function firstBackup(spec: ClusterSpec, repository: RepositorySpec) {
  const { retention: _retention, local, ...place } = repository;
  const name = `${names.firstBackup(spec.name, repository.number)}-${hash(stable({ ...place, local: local !== undefined })).slice(0, 6)}`;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(spec, name, 'backup', skipAwait),
    spec: { ...jobSpec(spec, repository, ['full', '--first']), backoffLimit: 6 },
  };
}

function repositoryOf(spec: ClusterSpec, number: number): RepositorySpec {
  return spec.repositories.find((one) => one.number === number)!;
}

function cronJob(
  spec: ClusterSpec,
  name: string,
  repository: RepositorySpec,
  args: readonly string[],
  when: { readonly schedule: string; readonly timeZone: string; readonly suspend?: boolean },
) {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata(spec, name, 'backup'),
    spec: {
      ...when,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels: clusterLabels(spec, 'backup') },
        spec: jobSpec(spec, repository, args),
      },
    },
  };
}

function jobSpec(spec: ClusterSpec, repository: RepositorySpec, args: readonly string[]) {
  return {
    // A backup whose pod was lost is taken again; one that fails for a reason fails again.
    backoffLimit: 2,
    template: {
      metadata: { labels: clusterLabels(spec, 'backup'), annotations: { ...spec.metadata.annotations } },
      spec: backupPod(spec, repository, args),
    },
  };
}

function backupPod(spec: ClusterSpec, repository: RepositorySpec, args: readonly string[]) {
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
        name: 'backup',
        image: spec.image.name,
        imagePullPolicy: spec.image.pullPolicy,
        args: ['sh', '-c', 'exec python3 /etc/postgres-ha/scripts/backup.py "$@"', 'backup', ...args],
        env: [
          { name: 'CLUSTER_NAME', value: spec.name },
          { name: 'REPOSITORY', value: String(repository.number) },
          { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
          ...cloudIdentityEnv(spec),
        ],
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } },
        securityContext: restrictedContext(),
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'scripts', mountPath: '/etc/postgres-ha/scripts', readOnly: true },
          ...(local ? [{ name: 'repository', mountPath: '/pgbackrest' }] : []),
          ...pgbackrestMounts(),
          ...cloudIdentityMounts(spec),
        ],
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: {} },
      { name: 'scripts', configMap: { name: names.scriptsConfigMap(spec.name), defaultMode: 0o555 } },
      ...(local ? [repositoryVolume(spec)] : []),
      configurationVolume(spec, repository),
      certificateVolume(spec),
      ...cloudIdentityVolumes(spec),
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

/** Labels of a backup's pods, for the NetworkPolicy. */
export function backupSelector(spec: ClusterSpec): Record<string, string> {
  return { [labels.cluster]: spec.name, [labels.component]: 'backup' };
}
