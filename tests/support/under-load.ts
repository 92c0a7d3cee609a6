/** A change of a cluster while its clients write: what they notice of it, and whether they lose anything. */
import assert from 'node:assert/strict';
import { Answering } from './answering';
import { checked, described, longestGap, sound } from './checker';
import type { DeployedCluster } from './cluster';
import type { Append } from './history';
import type { Target } from './targets';
import { finalState, prepare, Workload } from './workload';

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
}

/** `members` is how many there are before the change, `after` how many there shall be; clients write `through` a Service. */
export async function underLoad(
  hippo: DeployedCluster,
  members: number,
  change: () => Promise<unknown>,
  after = members,
  through: Target = hippo.service,
): Promise<Noticed> {
  await prepare(hippo.service);
  const workload = new Workload(through).start();
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
  for (const reason of reasons(history.appends)) console.log(`      ${reason}`);
  console.log(
    `      ${described(verdict)}; longest gap ${longest.toFixed(2)} s; at most ${mostDown} member(s) down${waits.join('')}`,
  );
  const failed = history.appends.filter(({ outcome }) => outcome !== 'ok').length + workload.refusals.count;
  return { interruptions, mostDown, longest, failed };
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
