/** The table at the end of a soak. Pure. */
import { figures, seconds, table } from '../../bench/statistics';

export interface Outcome {
  readonly mode: string;
  readonly fault: string;
  /** Milliseconds without an acknowledged write; undefined when the fault was not survived. */
  readonly gap: number | undefined;
}

/** A row a fault and mode, in the order in which they first came. */
export function soakTable(outcomes: readonly Outcome[], aims: ReadonlyMap<string, number>): string {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const title = `${outcome.mode}: ${outcome.fault}`;
    groups.set(title, [...(groups.get(title) ?? []), outcome]);
  }
  const rows = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([title, own]) => {
      const gaps = own.flatMap(({ gap }) => (gap === undefined ? [] : [gap]));
      const found = gaps.length > 0 ? figures(gaps) : undefined;
      const values = found ? [found.min, found.median, found.p95, found.max].map(seconds) : ['', '', '', ''];
      const aim = aims.get(own[0]!.fault);
      return [title, String(own.length), ...values, aim === undefined ? '' : `p95 ≤ ${aim / 1000}`];
    });
  return table(['seconds without a write', 'times', 'min', 'median', 'p95', 'max', 'aim'], rows);
}
