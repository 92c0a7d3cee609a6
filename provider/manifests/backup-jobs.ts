/** Jobs that take backups: by schedule, the first one, and, from a template, on demand. */
import type { ClusterSpec, RepositorySpec, ScheduleSpec } from '../cluster/spec';
import { stable } from './fingerprint';
import { metadata, skipAwait } from './metadata';
import { hash, names } from './names';
import { jobSpec, repositoryCronJob, repositoryOf } from './repository-jobs';

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
  const work = backupWork(repositoryOf(spec, repository), [type]);
  return repositoryCronJob(spec, scheduleNames(spec)[index]!, work, { schedule: cron, timeZone });
}

/** Never runs by itself: `pgha backup` makes a Job from it. */
export function backupTemplate(spec: ClusterSpec, repository: RepositorySpec) {
  const name = `${names.backupTemplate(spec.name)}-repo${repository.number}`;
  return repositoryCronJob(spec, name, backupWork(repository, ['incr']), {
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
    spec: { ...jobSpec(spec, backupWork(repository, ['full', '--first'])), backoffLimit: 6 },
  };
}

function backupWork(repository: RepositorySpec, args: readonly string[]) {
  return { name: 'backup', script: 'backup.py', args, repository, configuration: 'job' };
}
