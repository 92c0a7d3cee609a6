/** One member may go down only when all others are up. */
import type { MemberState } from '../../live/patroni';
import type { Observed } from './observe';
import { isUp, lagOf, greatestLag } from './up';
import { waitUntil, type MembersContext } from './waiting';

export function find(observed: Observed, name: string): MemberState | undefined {
  return observed.members.find(({ member }) => member === name);
}

/** Nobody else goes down beside a member that is down. Who is down already may be worked on at once. */
export async function othersUp(name: string, context: MembersContext): Promise<void> {
  if (!isUp(find(context.observed, name), context.observed.leader)) return;
  const others = context.inputs.members.map((one) => one.name).filter((one) => one !== name);
  if (others.length === 0) return;
  await waitUntil(
    context,
    `${others.join(', ')} up and not behind, so that ${name} may go down`,
    (observed) =>
      others.every(
        (one) => isUp(find(observed, one), observed.leader) && lagOf(observed, one) <= greatestLag,
      ),
  );
}
