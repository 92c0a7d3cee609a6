/** Which members accepted a write at the same time, from the answers to probes. Pure. */

export interface Probe {
  readonly member: string;
  readonly id: number;
  readonly invoked: number;
  readonly completed: number;
  readonly accepted: boolean;
}

export interface Overlap {
  readonly member: string;
  /** Accepted from `from` to `to` at least, without a refusal between. */
  readonly from: number;
  readonly to: number;
  /** The other one, and its write that was accepted in that time. */
  readonly other: string;
  readonly probe: Probe;
}

interface Run {
  readonly member: string;
  readonly first: Probe;
  last: Probe;
}

/**
 * A commit happens somewhere between question and answer, so a member surely accepted writes
 * from its first answer to its last question of a run of accepted probes. Another member's
 * probe that was asked and answered within that time proves two primaries.
 *
 * Two probes of one run may be far apart only if the member answered nothing between them: a
 * pause longer than `longestPause` ends the run, since it may have been demoted and promoted.
 */
export function overlaps(probes: readonly Probe[], longestPause = 1000): Overlap[] {
  const accepted = probes.filter((probe) => probe.accepted);
  const found: Overlap[] = [];
  for (const run of runsOf(probes, longestPause)) {
    const [from, to] = [run.first.completed, run.last.invoked];
    for (const probe of accepted)
      if (probe.member !== run.member && probe.invoked >= from && probe.completed <= to)
        found.push({ member: run.member, from, to, other: probe.member, probe });
  }
  return found;
}

function runsOf(probes: readonly Probe[], longestPause: number): Run[] {
  const runs: Run[] = [];
  const open = new Map<string, Run>();
  for (const probe of [...probes].sort((a, b) => a.invoked - b.invoked)) {
    const run = open.get(probe.member);
    if (!probe.accepted) open.delete(probe.member);
    else if (run && probe.invoked - run.last.completed <= longestPause) run.last = probe;
    else {
      const started = { member: probe.member, first: probe, last: probe };
      open.set(probe.member, started);
      runs.push(started);
    }
  }
  return runs;
}

export function describedOverlap(overlap: Overlap): string {
  const { member, from, to, other, probe } = overlap;
  return (
    `${other} accepted write ${probe.id} between ${probe.invoked.toFixed(0)} and ${probe.completed.toFixed(0)} ms, ` +
    `while ${member} accepted writes from ${from.toFixed(0)} to ${to.toFixed(0)} ms`
  );
}
