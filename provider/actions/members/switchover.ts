/** Hands the leadership over, so that writes wait as short as can be. */
import { LiveError } from '../../live/errors';
import type { MemberState } from '../../live/patroni';
import { patroniPost } from '../../live/patroni-rest';
import { podName } from '../../manifests/names';
import { find, leaderOf } from './find';
import type { Observed } from './observe';
import { held } from './pooler';
import { isUp, smallLag } from './up';
import { waitUntil, type MembersContext } from './waiting';

export interface SwitchoverOptions {
  /** The member that shall lead. Default: the best one. */
  readonly to?: string;
  /** Whether the old primary, which streams again, has also taken up what it was restarted for. */
  readonly settled?: (old: MemberState) => boolean;
}

/** May be done again: when `from` leads no more, somebody has taken over already. */
export async function switchover(
  from: string,
  context: MembersContext,
  { to, settled = () => true }: SwitchoverOptions = {},
): Promise<void> {
  const { live, inputs, progress } = context;
  const { namespace } = inputs;
  let candidate: string | undefined;
  const observed = await waitUntil(context, `a replica that may take over from ${from}`, (now) => {
    candidate = now.leader === from ? successor(now, from, context, to) : undefined;
    return (now.leader !== undefined && now.leader !== from) || candidate !== undefined;
  });
  // Somebody has already taken over: say, an interrupted run of this.
  if (observed.leader !== from) return refuseOther(from, observed.leader, to);
  progress.show(`switchover from ${from} to ${candidate}`);
  await checkpoint(context, from);
  const named = to !== undefined || !mayChoose(observed, context);
  const body = { leader: podName(from), ...(named ? { candidate: podName(candidate!) } : {}) };
  await held(context, () => patroniPost(live, namespace, podName(from), '/switchover', body, 120));
  let streamsSince: number | undefined;
  const after = await waitUntil(
    context,
    `another primary than ${from}, and ${from} streaming from it`,
    (now) => {
      const leader = leaderOf(now);
      const old = find(now, from);
      const over = now.leader !== undefined && now.leader !== from && leader?.role === 'primary';
      if (!over || !isUp(leader, now.leader) || !isUp(old, now.leader)) return false;
      // PostgreSQL of the old primary has started anew, with new settings if there were any; its agent says so within
      // two seconds. Without waiting for that, the next plan would restart it once more.
      streamsSince ??= Date.now();
      return settled(old!) || Date.now() - streamsSince > agentMs;
    },
  );
  refuseOther(from, after.leader, to);
}

function refuseOther(from: string, leader: string | undefined, to: string | undefined): void {
  if (to === undefined || leader === to) return;
  throw new LiveError(
    'Other',
    `${from} leads no more, but ${leader ?? 'nobody'} has taken over, not ${to}. Run it again to hand over from there to ${to}.`,
  );
}

/** A checkpoint now makes the one at shutdown short; without it the switchover works as well. */
async function checkpoint({ live, inputs }: MembersContext, member: string): Promise<void> {
  const command = ['psql', '-h', '/run/postgresql', '-U', 'postgres', '-Xqc', 'CHECKPOINT'];
  await live.exec(inputs.namespace, podName(member), 'database', command, 120_000).catch(() => undefined);
}

/**
 * Whether Patroni may choose the new primary: among synchronous standbys any is right. When one is named, every
 * other replica waits two seconds before it follows (patroni/ha.py, process_unhealthy_cluster), and so long no
 * commit has its quorum: measured 3.6 s instead of 1.3 s without a write. Not when a member that leaves could win.
 */
function mayChoose(observed: Observed, { inputs }: MembersContext): boolean {
  const wanted = new Set(inputs.members.map(({ name }) => name));
  return inputs.synchronous.mode !== 'async' && observed.members.every(({ member }) => wanted.has(member));
}

/** What an agent needs at most to publish a changed state. */
const agentMs = 12_000;

/** The first wanted member that streams and, where commits are synchronous, holds them all; else the one that lags least. */
function successor(
  observed: Observed,
  from: string,
  { inputs }: MembersContext,
  to: string | undefined,
): string | undefined {
  const synchronous = inputs.synchronous.mode !== 'async';
  const able = inputs.members
    .map(({ name }) => name)
    .filter(
      (name) =>
        name !== from &&
        (to === undefined || name === to) &&
        isUp(find(observed, name), observed.leader) &&
        (!synchronous || observed.synchronous.includes(name)),
    );
  const position = (name: string) => find(observed, name)?.position ?? 0;
  const ahead = Math.max(...able.map(position));
  return able.find((name) => ahead - position(name) <= smallLag) ?? able[0];
}
