/** Whether PostgreSQL of a member has started anew since: annotations are two seconds old, so Patroni itself is asked. */
import { patroniGet } from '../../live/patroni-rest';
import { podName } from '../../manifests/names';
import { find } from './find';
import { isUp } from './up';
import { waitUntil, type MembersContext } from './waiting';

const down = 'not running';

/** When PostgreSQL of the member was started, in Patroni's words; a text of its own while it does not run. */
export async function startOf({ live, inputs }: MembersContext, member: string): Promise<string> {
  const answer = await patroniGet(live, inputs.namespace, podName(member)).catch(() => undefined);
  return answer?.postmaster_start_time ?? down;
}

/** Waits until a member that was started at `before` has started anew and serves: as primary, or streaming. */
export async function startedAnew(context: MembersContext, member: string, before: string): Promise<void> {
  const { live, inputs } = context;
  await waitUntil(context, `${member} started anew and up`, async (observed) => {
    if (!isUp(find(observed, member), observed.leader)) return false;
    const now = await patroniGet(live, inputs.namespace, podName(member)).catch(() => undefined);
    if (now?.postmaster_start_time === undefined || now.postmaster_start_time === before) return false;
    return now.role === 'primary' || now.replication_state === 'streaming';
  });
}

/** Whether an interrupted run has restarted it since `before`; one that is just starting is waited for, not restarted again. */
export async function restartedSince(
  context: MembersContext,
  member: string,
  before: string,
): Promise<boolean> {
  let now = down;
  await waitUntil(context, `PostgreSQL of ${member} running`, async () => {
    now = await startOf(context, member);
    return now !== down;
  });
  return now !== before;
}
