/** Members that a hibernated cluster, or one that is restored, has stopped, and what else it keeps from working. */
import type { CronJob, StatefulSet } from '../../live/kinds';
import type { Live } from '../../live/live';
import { annotations, labels } from '../../manifests/names';

/** Names of the members that are kept stopped, by number. */
export function stoppedMembers(sets: readonly StatefulSet[]): string[] {
  return sets
    .filter((set) => set.metadata.labels?.[labels.member] !== undefined && isStopped(set))
    .map(({ metadata }) => metadata.name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

export function isStopped({ metadata, spec }: StatefulSet): boolean {
  return spec?.replicas === 0 && metadata.annotations?.[annotations.hibernated] !== undefined;
}

export function isSuspended({ metadata }: CronJob): boolean {
  return metadata.annotations?.[annotations.hibernated] !== undefined;
}

/** Who led last: the one that says so of itself, since it was stopped when all others were. */
export function lastLeader(sets: readonly StatefulSet[]): string | undefined {
  return sets.find(({ metadata }) => metadata.annotations?.[annotations.hibernated] === metadata.name)
    ?.metadata.name;
}

/** Sets the number of pods of a StatefulSet, 0 or 1, with the mark that says who led when it was stopped. */
export async function setReplicas(
  live: Live,
  namespace: string,
  name: string,
  replicas: 0 | 1,
  leader: string | undefined,
): Promise<void> {
  await live.patch('StatefulSet', namespace, name, {
    metadata: { annotations: { [annotations.hibernated]: replicas === 0 ? (leader ?? '') : null } },
    spec: { replicas },
  });
}

/** The grace period of a member's pod (manifests/pod-template.ts), and a node's time to tell that it is gone. */
const stopMs = 360_000;

/** Stops the pod of a StatefulSet, and returns when it is gone. */
export async function stop(
  live: Live,
  namespace: string,
  name: string,
  leader: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  await setReplicas(live, namespace, name, 0, leader);
  const pod = `${name}-0`;
  await live.until(
    [{ kind: 'Pod', namespace, selector: { fields: `metadata.name=${pod}` } }],
    (seen) => (seen.of('Pod').length === 0 ? true : undefined),
    { deadline: stopMs, what: `${pod} has stopped`, signal },
  );
}

/** Only what is not suspended by its nature (the template of backups on demand) carries our mark, and is resumed. */
export async function suspend(
  live: Live,
  namespace: string,
  cronJobs: readonly CronJob[],
  suspended: boolean,
): Promise<void> {
  for (const job of cronJobs.filter((one) => (suspended ? one.spec?.suspend !== true : isSuspended(one))))
    await live.patch('CronJob', namespace, job.metadata.name, {
      metadata: { annotations: { [annotations.hibernated]: suspended ? '' : null } },
      spec: { suspend: suspended },
    });
}
