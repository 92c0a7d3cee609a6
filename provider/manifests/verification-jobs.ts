/** CronJobs that prove the backups: verification of a repository, and a restore for trial. */
import type { ClusterSpec, TestRestoreSpec, VerifySpec } from '../cluster/spec';
import { directories } from '../config/files';
import { names } from './names';
import { repositoryCronJob, repositoryOf, type When } from './repository-jobs';

/** What was found is not tried away. */
const once = { retries: 0 };

/** `pgbackrest verify` (config/scripts/verify.py). */
export function verifyCronJob(spec: ClusterSpec, verify: VerifySpec) {
  const repository = repositoryOf(spec, verify.repository);
  const work = { name: 'verify', script: 'verify.py', args: [], repository, configuration: 'job', ...once };
  return repositoryCronJob(spec, names.verify(spec.name, repository.number), work, when(verify));
}

/** A restore to a volume that lives as long as the pod (config/scripts/test_restore.py). */
export function testRestoreCronJob(spec: ClusterSpec, trial: TestRestoreSpec) {
  const repository = repositoryOf(spec, trial.repository);
  const { size, storageClass } = trial.volume;
  const work = {
    name: 'test-restore',
    script: 'test_restore.py',
    args: [],
    repository,
    configuration: 'test-restore',
    ...once,
    env: [
      { name: 'DATABASE', value: trial.database },
      ...(trial.query === undefined ? [] : [{ name: 'QUERY', value: trial.query }]),
    ],
    mounts: [{ name: 'restore', mountPath: directories.testRestore }],
    volumes: [
      {
        name: 'restore',
        ephemeral: {
          volumeClaimTemplate: {
            spec: {
              accessModes: ['ReadWriteOnce'],
              ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
              resources: { requests: { storage: size } },
            },
          },
        },
      },
    ],
  };
  // The volume goes with the pod, and the pod with its Job: what was found is published (NAME-backups).
  const kept = { successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 1 };
  return repositoryCronJob(spec, names.testRestore(spec.name, repository.number), work, when(trial), kept);
}

function when({ cron, timeZone }: VerifySpec): When {
  return { schedule: cron, timeZone };
}
