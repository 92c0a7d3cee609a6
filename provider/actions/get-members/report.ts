/** What each member is, and whether it may be removed. Pure. */
import type { Endpoints, Pod } from '../../live/kinds';
import { memberState } from '../../live/patroni';
import { names } from '../../manifests/names';
import { observation, type Observed } from '../members/observe';
import { isUp, lagOf } from '../members/up';

/** A member of a running cluster. */
export interface Member {
  /** Its name, `hippo-1`. */
  readonly name: string;
  /** `primary`, `sync standby` (commits wait for it) or `replica`. */
  readonly role: string;
  /** `running` of a primary, `streaming` of a replica that follows it; else what it is doing, or what keeps it from running. */
  readonly status: string;
  /** The node that it runs on, if it does. */
  readonly node?: string;
  /** Bytes of WAL that it is behind the primary, as Patroni saw them in its last round. Absent of the primary, and where it is not known. */
  readonly lagBytes?: number;
  /** Parameters that wait for a restart. */
  readonly pendingRestart: readonly string[];
  /** Whether `remove` may name it now. */
  readonly removable: boolean;
  /** Why not, or what happens first. */
  readonly reason: string;
}

/** How many replicas a commit waits for; 0: none. */
interface Mode {
  readonly number: number;
  readonly strict: boolean;
}

/** Members in the order of their numbers, made of the cluster's pods and of the Endpoints that Patroni writes. */
export function report(cluster: string, pods: readonly Pod[], endpoints: readonly Endpoints[]): Member[] {
  const observed = observation(cluster, pods, endpoints);
  const mode = modeOf(endpoints.find(({ metadata }) => metadata.name === names.dcsServices(cluster)[0]));
  const nodes = new Map(pods.map((pod) => [memberState(pod).member, pod.spec?.nodeName]));
  return [...observed.members]
    .sort((a, b) => a.member.localeCompare(b.member, 'en', { numeric: true }))
    .map((one): Member => {
      const name = one.member;
      const leads = name === observed.leader;
      const node = nodes.get(name);
      const known = !leads && one.position !== undefined && observed.leader !== undefined;
      return {
        name,
        role: leads ? 'primary' : observed.synchronous.includes(name) ? 'sync standby' : 'replica',
        status: one.deleting
          ? 'stopping'
          : one.streaming
            ? 'streaming'
            : (one.trouble ?? (one.state || 'starting')),
        ...(node === undefined ? {} : { node }),
        ...(known ? { lagBytes: lagOf(observed, name) } : {}),
        pendingRestart: one.agent.pendingRestart ?? [],
        ...removal(name, observed, mode),
      };
    });
}

/** Patroni's dynamic configuration, which it keeps in an annotation. */
function modeOf(config: Endpoints | undefined): Mode {
  try {
    const text = config?.metadata.annotations?.['config'] ?? '{}';
    const {
      synchronous_mode: mode,
      synchronous_mode_strict: strict,
      synchronous_node_count: count,
    } = JSON.parse(text) as Record<string, unknown>;
    const on = mode === true || mode === 'on' || mode === 'quorum';
    return { number: on ? Number(count ?? 1) : 0, strict: on && strict === true };
  } catch {
    return { number: 0, strict: false };
  }
}

/** Whether a member may go now, and why not, or what happens first. `mode` is how many replicas a commit waits for. */
export function removal(
  name: string,
  observed: Observed,
  mode: Mode,
): { removable: boolean; reason: string } {
  const no = (reason: string) => ({ removable: false, reason });
  const yes = (reason: string) => ({ removable: true, reason });
  const { leader, members } = observed;
  const others = members.filter(({ member }) => member !== name);
  if (others.length === 0) return no('it is the only member');
  const up = others.filter((one) => isUp(one, leader)).map(({ member }) => member);
  // After it has gone, one of the others leads.
  const left = others.length - 1;
  if (left < mode.number)
    return no(
      `commits wait for ${replicas(mode.number)}, and ${left === 0 ? 'none' : `only ${left}`} would be left. Lower synchronousNumber, or write synchronous: "async", first; or add a member`,
    );
  if (name === leader) {
    const able = up.filter((one) => mode.number === 0 || observed.synchronous.includes(one));
    return able.length > 0
      ? yes(`it leads: \`pulumi up\` hands over to ${able.join(' or ')} first`)
      : no(
          `it leads, and no other member ${mode.number > 0 ? 'is a synchronous standby that streams' : 'streams'}`,
        );
  }
  if (leader === undefined) return no('no member leads; nobody knows which data are the newest');
  const streaming = up.filter((one) => one !== leader).length;
  const member = members.find((one) => one.member === name);
  if (mode.strict && streaming < mode.number && isUp(member, leader))
    return no(
      `commits wait for ${replicas(mode.number)}, and ${streaming === 0 ? 'none' : `only ${streaming}`} of the others ${streaming === 1 ? 'streams' : 'stream'} now`,
    );
  return yes(
    left === 0
      ? 'no replica is left then: there is no failover'
      : observed.synchronous.includes(name)
        ? 'it leaves the synchronous standbys first'
        : 'a replica',
  );
}

function replicas(number: number): string {
  return number === 1 ? 'a replica' : `${number} replicas`;
}

/** The arguments of a program that has exactly these members: names are a function of them (manifests/names.ts). */
export function argumentsFor(
  cluster: string,
  members: readonly string[],
): { replicas: number; remove: string[] } {
  const numbers = members.map((name) => Number(name.slice(cluster.length + 1))).filter(Number.isInteger);
  const last = Math.max(0, ...numbers);
  const remove = Array.from({ length: last }, (_, index) => index + 1)
    .filter((number) => !numbers.includes(number))
    .map((number) => `${cluster}-${number}`);
  return { replicas: numbers.length - 1, remove };
}
