/** Questions about one member. Pure. */
import type { MemberState } from '../../live/patroni';
import type { Observed } from './observe';

/** Whether a member serves: it leads, or it streams from the leader. */
export function isUp(member: MemberState | undefined, leader: string | undefined): boolean {
  if (!member || member.deleting || !member.ready) return false;
  return member.member === leader ? member.state === 'running' : member.streaming;
}

/** Bytes of WAL that are sent in a moment. */
export const smallLag = 1024 * 1024;

/**
 * A member that is further behind is not counted on. Much more than `smallLag`: positions are those of Patroni's
 * last round, of each member at another moment, and a busy primary writes tens of megabytes in between.
 */
export const greatestLag = 64 * 1024 * 1024;

/** Bytes that a member is behind the leader; 0 where either position is not known. */
export function lagOf(observed: Observed, name: string): number {
  const position = (wanted: string | undefined) =>
    observed.members.find(({ member }) => member === wanted)?.position;
  const [written, received] = [position(observed.leader), position(name)];
  return written === undefined || received === undefined ? 0 : Math.max(0, written - received);
}
