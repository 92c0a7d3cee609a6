/** A change of a cluster while its clients write: what they notice of it, and whether they lose anything. */
import assert from 'node:assert/strict';
import { Answering } from './answering';
import { checked, described, longestGap, sound } from './checker';
import type { DeployedCluster } from './cluster';
import type { Append } from './history';
import type { Target } from './targets';
import { finalState, prepare, Workload, type WorkloadOptions } from './workload';

/** A switchover's shortest is above this. */
const gapMilliseconds = 700;

export interface Noticed {
  /** Times in which nothing was acknowledged and clients were turned away. */
  readonly interruptions: number;
  /** Members that did not answer at a time. */
  readonly mostDown: number;
  /** Seconds. */
  readonly longest: number;
  /** Writes that were not acknowledged, and connections that were refused. */
  readonly failed: number;
  /** All of it in words, for the message of an assertion: of a run elsewhere little else is kept. */
  readonly words: string;
}

export interface Load extends WorkloadOptions {
  /** How many members there shall be after the change. Default: as many as before. */
  readonly after?: number;
  /** Default: the primary's Service. */
  readonly through?: Target;
}

/** `members` is how many there are before the change. */
export async function underLoad(
  hippo: DeployedCluster,
  members: number,
  change: () => Promise<unknown>,
  { after = members, through = hippo.service, ...options }: Load = {},
): Promise<Noticed> {
  await prepare(hippo.service);
  const workload = new Workload(through, options).start();
  const started = performance.now();
  await workload.acknowledgedAfter(started, 60_000);
  const answering = await Answering.of(hippo, Math.min(members, after));
  await change();
  await hippo.whole(after);
  await workload.acknowledgedAfter(performance.now(), 60_000);
  const ended = performance.now();
  const mostDown = await answering.stop();
  const history = await workload.stop();
  const verdict = checked(history, await finalState(hippo.service));
  assert.ok(sound(verdict), described(verdict));
  const gaps = gapsIn(history.appends);
  const interruptions = gaps.filter(({ turnedAway }) => turnedAway).length;
  const longest = (longestGap(history, started, ended)?.milliseconds ?? 0) / 1000;
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  const waits = gaps.map(
    ({ from, to, turnedAway }) =>
      `; ${turnedAway ? 'interruption' : 'slow'} of ${seconds(to - from)} s after ${seconds(from - started)} s`,
  );
  const { count, last } = workload.refusals;
  const words = [
    ...reasons(history.appends),
    ...(count > 0 ? [`${count} connections refused, the last: ${last}`] : []),
    `${described(verdict)}; longest gap ${longest.toFixed(2)} s; at most ${mostDown} member(s) down${waits.join('')}`,
  ];
  for (const line of words) console.log(`      ${line}`);
  const failed = history.appends.filter(({ outcome }) => outcome !== 'ok').length + count;
  return { interruptions, mostDown, longest, failed, words: words.join('\n') };
}

/** Why writes were not acknowledged, and how many for each reason. */
function reasons(appends: readonly Append[]): string[] {
  const counts = new Map<string, number>();
  for (const { outcome, reason = '' } of appends)
    if (outcome !== 'ok') counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} × ${reason}`);
}

/** On a busy machine an acknowledgement may be late; only where clients were turned away was the service interrupted. */
function gapsIn(appends: readonly Append[]): { from: number; to: number; turnedAway: boolean }[] {
  const times = appends
    .filter(({ outcome }) => outcome === 'ok')
    .map(({ completed }) => completed)
    .sort((a, b) => a - b);
  const failed = appends.filter(({ outcome }) => outcome !== 'ok');
  return times.slice(1).flatMap((to, index) => {
    const from = times[index]!;
    if (to - from <= gapMilliseconds) return [];
    return [
      { from, to, turnedAway: failed.some(({ invoked, completed }) => completed > from && invoked < to) },
    ];
  });
}
