/** The one reading of a running cluster: pods and Patroni's Endpoints, by `get` and `list` alone. */
import type { Endpoints, Pod } from '../../live/kinds';
import type { Live, Watched } from '../../live/live';
import { dcs, memberState, type MemberState } from '../../live/patroni';
import { labels, names } from '../../manifests/names';
import { stoppedMembers } from './stopped';

export interface Observed {
  /** Members that have a pod, by name. */
  readonly members: readonly MemberState[];
  readonly leader?: string;
  readonly synchronous: readonly string[];
  readonly systemIdentifier?: string;
  /** Members that are kept stopped, with the cluster: nobody waits for them. Where it is not looked for, absent. */
  readonly hibernated?: readonly string[];
}

export function podSelector(cluster: string): string {
  return `${labels.cluster}=${cluster},${labels.member}`;
}

/** What to watch so that an observation can be made of it. */
export function watchedBy(namespace: string, cluster: string): Watched[] {
  return [
    { kind: 'Pod', namespace, selector: { labels: podSelector(cluster) } },
    { kind: 'Endpoints', namespace, selector: { labels: `${labels.cluster}=${cluster}` } },
  ];
}

export async function observe(
  live: Live,
  { namespace, cluster }: { namespace: string; cluster: string },
): Promise<Observed> {
  const [pods, endpoints, sets] = await Promise.all([
    live.list('Pod', namespace, { labels: podSelector(cluster) }),
    live.list('Endpoints', namespace, { labels: `${labels.cluster}=${cluster}` }),
    live.list('StatefulSet', namespace, { labels: `${labels.cluster}=${cluster},${labels.member}` }),
  ]);
  return { ...observation(cluster, pods, endpoints), hibernated: stoppedMembers(sets) };
}

export function observation(
  cluster: string,
  pods: readonly Pod[],
  endpoints: readonly Endpoints[],
): Observed {
  const named = (name: string) => endpoints.find(({ metadata }) => metadata.name === name);
  const [config, sync] = names.dcsServices(cluster);
  const { leader, synchronous, systemIdentifier } = dcs(
    named(names.primaryService(cluster)),
    named(config!),
    named(sync!),
  );
  return {
    members: pods.map(memberState).sort((a, b) => (a.member < b.member ? -1 : 1)),
    leader,
    synchronous,
    systemIdentifier,
  };
}
