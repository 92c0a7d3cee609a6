/** Processor time that the pods of a cluster use while something runs, jobs that come and go included. */
import { podCpuSeconds } from '../local/kubernetes/cgroups';
import { labels } from '../provider/manifests/names';
import type { DeployedCluster } from '../tests/support/cluster';

const interval = 300;

/** Seconds by component: `postgres` (all members), `repository`, `backup`. */
export type ProcessorTime = Readonly<Record<string, number>>;

/** What a pod used in the last moments before its cgroup went is lost: `interval` at most. */
export async function withProcessorTime<T>(
  { live, namespace, name }: DeployedCluster,
  work: () => Promise<T>,
): Promise<{ result: T; used: ProcessorTime }> {
  const first = new Map<string, number>();
  const last = new Map<string, { component: string; seconds: number }>();
  const look = async (before: boolean): Promise<void> => {
    for (const pod of await live.list('Pod', namespace, { labels: `${labels.cluster}=${name}` })) {
      const { uid = '' } = pod.metadata;
      const seconds = pod.spec?.nodeName ? podCpuSeconds(pod.spec.nodeName, uid) : undefined;
      if (seconds === undefined) continue;
      if (before) first.set(uid, seconds);
      last.set(uid, { component: pod.metadata.labels?.[labels.component] ?? 'other', seconds });
    }
  };
  await look(true);
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(() => look(false)).catch(() => {});
  }, interval);
  try {
    const result = await work();
    clearInterval(timer);
    await looking;
    await look(false);
    const used: Record<string, number> = {};
    for (const [uid, { component, seconds }] of last)
      used[component] = (used[component] ?? 0) + seconds - (first.get(uid) ?? 0);
    return { result, used };
  } finally {
    clearInterval(timer);
  }
}
