/** A running cluster as the actions on it see it: the members that Kubernetes shall run, and how Patroni keeps them. */
import { readIntent } from '../../config/restore-intent';
import { dcsSettings } from '../../live/patroni';
import type { Live } from '../../live/live';
import { labels, names } from '../../manifests/names';
import { ClusterAbsent } from '../core/absent';
import type { Context } from '../core/action';
import type { ConnectionInputs } from '../core/inputs';
import { listedMembers } from './listed';
import { stoppedMembers } from './stopped';
import { observation, podSelector, type Observed } from './observe';
import type { MembersContext } from './waiting';

/** Inputs of an action that runs once. */
export interface ActionInputs extends ConnectionInputs {
  readonly cluster: string;
  readonly namespace: string;
  readonly trigger: string;
}

export interface ObservedCluster extends Observed {
  /** Names of the members that shall be there, by number. */
  readonly declared: readonly string[];
  /** Those whose PostgreSQL is kept stopped. */
  readonly fenced: readonly string[];
  /** Patroni's: `async` (off), `sync`, `strict` or `quorum`. */
  readonly mode: string;
  /** Whether automatic failover is off: Patroni's pause. */
  readonly paused: boolean;
  /** A restore in place has begun and not ended. */
  readonly restoring?: boolean;
}

export async function observeCluster(
  live: Live,
  { namespace, cluster }: { namespace: string; cluster: string },
): Promise<ObservedCluster> {
  const own = `${labels.cluster}=${cluster}`;
  const [sets, pods, endpoints, settings] = await Promise.all([
    live.list('StatefulSet', namespace, { labels: `${own},${labels.member}` }),
    live.list('Pod', namespace, { labels: podSelector(cluster) }),
    live.list('Endpoints', namespace, { labels: own }),
    live.get('ConfigMap', namespace, names.configMap(cluster)),
  ]);
  if (sets.length === 0 && pods.length === 0) throw new ClusterAbsent(namespace, cluster);
  const [config] = names.dcsServices(cluster);
  // In the `up` that takes a member away its StatefulSet is still there while other actions of the program run. It is
  // out of the synchronous standbys by then, and whoever waited for it to be one again would wait for ever.
  const leaving = listedMembers(settings, 'leaving.json');
  const declared = sets.map(({ metadata }) => metadata.name).filter((name) => !leaving.includes(name));
  return {
    ...observation(cluster, pods, endpoints),
    ...dcsSettings(endpoints.find(({ metadata }) => metadata.name === config)),
    declared: declared.sort(byNumber),
    fenced: listedMembers(settings, 'fenced.json'),
    hibernated: stoppedMembers(sets),
    restoring: readIntent(settings?.data) !== undefined,
  };
}

/** What the actions on members have in common: they run once a trigger, and each step moves what the next stands on. */
export const onMembers = {
  secret: ['kubeconfig'],
  runs: 'once',
  replans: true,
  trigger: ({ trigger }: ActionInputs) => trigger,
  refuse: () => [],
  observe: observeCluster,
} as const;

/** hippo-2 stands before hippo-10. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** What waits and switchovers need to know of the cluster: a fenced member is waited for by nobody. */
export function membersContext<I extends ActionInputs>(
  context: Context<I, ObservedCluster>,
  without: readonly string[] = [],
): MembersContext {
  const { live, inputs, observed, progress, signal } = context;
  const { namespace, cluster } = inputs;
  const left = [...observed.fenced, ...without];
  const members = observed.declared.filter((name) => !left.includes(name)).map((name) => ({ name }));
  return {
    live,
    inputs: { namespace, cluster, members, synchronous: { mode: observed.mode } },
    observed,
    progress,
    signal,
  };
}
