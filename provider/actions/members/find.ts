import type { MemberState } from '../../live/patroni';
import type { Observed } from './observe';

/** A member that has a pod. Pure. */
export function find(observed: Observed, name: string): MemberState | undefined {
  return observed.members.find(({ member }) => member === name);
}

export function leaderOf(observed: Observed): MemberState | undefined {
  return observed.members.find(({ member }) => member === observed.leader);
}
