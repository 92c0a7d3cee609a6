/** One fault on a cluster under load, from whole to whole, and what it cost. */
import { describedOverlap, overlaps } from './acceptors';
import { longestGap } from './checker';
import type { DeployedCluster } from './cluster';
import type { Fault } from './faults';
import type { WriteProbes } from './two-primaries';
import type { Workload } from './workload';

export interface Survived {
  readonly before: string;
  readonly after: string;
  /** Longest time without an acknowledged write, milliseconds. */
  readonly gap: number;
  /** When it began, as Date.now() says it: to find the place in the logs. */
  readonly lastWrite: number;
}

/** Throws when writes did not come back in time, the cluster is not whole again, or two members accepted writes. */
export async function survived(
  fault: Fault,
  { cluster, members, load, probes }: Scene,
  longestOutage: number,
): Promise<Survived> {
  const before = await cluster.whole(members);
  const started = performance.now();
  await fault.inject({ cluster, primary: before });
  await load.acknowledgedAfter(performance.now(), longestOutage);
  const after = await cluster.whole(members, 2 * longestOutage);
  const gap = longestGap(load.history, started, performance.now());
  if (!gap) throw new Error('writes never came back');
  const both = overlaps(probes.probes);
  if (both.length > 0) throw new Error(both.slice(0, 3).map(describedOverlap).join('\n'));
  return { before, after, gap: gap.milliseconds, lastWrite: performance.timeOrigin + gap.lastOk };
}

export interface Scene {
  readonly cluster: DeployedCluster;
  readonly members: number;
  readonly load: Workload;
  readonly probes: WriteProbes;
}
