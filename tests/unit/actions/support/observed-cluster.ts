/** A cluster of three members as an action observes it. */
import type { ObservedCluster } from '../../../../provider/actions/members/cluster';
import type { MemberState } from '../../../../provider/live/patroni';

export const common = { cluster: 'hippo', namespace: 'ns', trigger: '1' };

export function member(name: string, change: Partial<MemberState> = {}): MemberState {
  return {
    member: name,
    pod: `${name}-0`,
    uid: name,
    deleting: false,
    phase: 'Running',
    ready: true,
    state: 'running',
    role: 'replica',
    streaming: true,
    fingerprint: {},
    agent: {},
    pending: {},
    paused: false,
    ...change,
  };
}

export function cluster(
  change: Partial<ObservedCluster> = {},
  members: readonly MemberState[] = [],
): ObservedCluster {
  const names = ['hippo-1', 'hippo-2', 'hippo-3'];
  return {
    members: names.map((name) => members.find((one) => one.member === name) ?? member(name)),
    leader: 'hippo-1',
    synchronous: ['hippo-2', 'hippo-3'],
    declared: names,
    fenced: [],
    mode: 'quorum',
    paused: false,
    ...change,
  };
}

export const down = (name: string) => member(name, { ready: false, streaming: false, state: 'starting' });
