/**
 * Poolers hold their clients while the primary changes or restarts: between two transactions they let go of PostgreSQL, and
 * go on where the new primary is. A pause ends by itself (config/scripts/pooler.py), should this process die.
 */
import { patroniPost } from '../../live/patroni-rest';
import { containerNames, labels, podName } from '../../manifests/names';
import type { MembersContext } from './waiting';

/** What is asked of a pooler in its pod. */
export const poolerScript: readonly string[] = ['python3', '/etc/postgres-ha/scripts/pooler_pause.py'];

/** Selects the poolers' pods. */
export const poolersOf = (cluster: string) => ({
  labels: `${labels.cluster}=${cluster},${labels.component}=pooler`,
});

/** How long the primary may take to answer, and then transactions to end; those that take longer are broken by the work, as without a pooler. */
const endSeconds = 5;
/** No pause is longer, whatever becomes of us. */
const mostSeconds = 60;
/** How long the new primary may be looked for after the work, by the way of its Service. */
const findSeconds = 15;

/** Restarts PostgreSQL of a member where it is; if it leads, with the poolers' clients held. */
export async function restartInPlace(
  context: MembersContext,
  member: string,
  leader: string | undefined,
): Promise<void> {
  const { live, inputs } = context;
  const restart = () => patroniPost(live, inputs.namespace, podName(member), '/restart', {}, 300);
  await (member === leader ? held(context, restart) : restart());
}

/** Does the work while every pooler that can be held is. They look for the new primary by themselves, and are told to go on if there is none. */
export async function held<T>(context: MembersContext, work: () => Promise<T>): Promise<T> {
  const { live, inputs, progress } = context;
  const { namespace, cluster } = inputs;
  const pods = (await live.list('Pod', namespace, poolersOf(cluster)))
    .filter(({ metadata, status }) => status?.phase === 'Running' && !metadata.deletionTimestamp)
    .map(({ metadata }) => metadata.name);
  const tell = async (pod: string, args: readonly string[], seconds: number): Promise<boolean> => {
    const command = [...poolerScript, ...args];
    try {
      const { code, stderr } = await live.exec(
        namespace,
        pod,
        containerNames.pooler,
        command,
        seconds * 1000,
      );
      if (code === 0) return true;
      progress.warn(`${pod}: ${stderr.trim()}`);
    } catch (error) {
      progress.warn(`${pod}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return false;
  };
  if (pods.length > 0) progress.show(`holding the clients of ${pods.join(', ')}`);
  const pause = ['pause', String(mostSeconds), String(endSeconds)];
  const paused = await Promise.all(pods.map((pod) => tell(pod, pause, 3 * endSeconds)));
  const resume = ['resume', String(findSeconds)];
  try {
    return await work();
  } finally {
    const those = pods.filter((_, index) => paused[index]);
    await Promise.all(those.map((pod) => tell(pod, resume, 2 * findSeconds)));
  }
}
