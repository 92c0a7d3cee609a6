/** One member may go down only when all others are up. */
import { find } from './find';
import type { Observed } from './observe';
import { isUp, lagOf, greatestLag } from './up';
import { waitUntil, type MembersContext } from './waiting';

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
        (one) =>
          isUp(find(observed, one), observed.leader) &&
          lagOf(observed, one) <= greatestLag &&
          counts(one, observed, context.inputs.synchronous.mode),
      ),
  );
}

/**
 * Whether commits may wait for it. With `quorum` every standby is one that does, but one that comes back is so only
 * after Patroni's next round; without waiting for that, the next one to go would be the last that commits wait for.
 */
function counts(name: string, observed: Observed, mode: string): boolean {
  return mode !== 'quorum' || name === observed.leader || observed.synchronous.includes(name);
}
