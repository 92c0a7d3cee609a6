/**
 * Compares what a workload was told with what the database holds at the end. Pure.
 * The model is Jepsen's: an acknowledged write must be there, a refused one must not, and
 * of an unknown one nothing is claimed.
 */
import { initialRegister, type Append, type Cas, type FinalState, type History, type Read } from './history';

export interface Verdict {
  /** Acknowledged rows that are not in the table. */
  readonly lost: readonly number[];
  /** Refused rows, or rows nobody wrote, that are in the table. */
  readonly ghosts: readonly number[];
  /** Rows that are in the table more than once. */
  readonly duplicates: readonly number[];
  /** Rows of one writer, acknowledged one after the other, that stand the other way round. */
  readonly outOfOrder: readonly string[];
  /** Why the register's history is not that of one register. */
  readonly register: readonly string[];
  readonly counts: { readonly ok: number; readonly fail: number; readonly unknown: number };
}

export function checked(history: History, final: FinalState): Verdict {
  const present = new Map<number, number>();
  for (const row of final.rows) present.set(row.id, (present.get(row.id) ?? 0) + 1);
  const written = new Map(history.appends.map((append) => [append.id, append]));
  const count = (outcome: string): number =>
    [...history.appends, ...history.register].filter((operation) => operation.outcome === outcome).length;
  return {
    lost: history.appends.filter((a) => a.outcome === 'ok' && !present.has(a.id)).map((a) => a.id),
    ghosts: [...present.keys()].filter((id) => (written.get(id)?.outcome ?? 'fail') === 'fail'),
    duplicates: [...present].filter(([, times]) => times > 1).map(([id]) => id),
    outOfOrder: orderProblems(history.appends, final),
    register: registerProblems(history.register, final.register),
    counts: { ok: count('ok'), fail: count('fail'), unknown: count('unknown') },
  };
}

/** Whether nothing at all is wrong. */
export function sound(verdict: Verdict): boolean {
  const { lost, ghosts, duplicates, outOfOrder, register } = verdict;
  return [lost, ghosts, duplicates, outOfOrder, register].every((found) => found.length === 0);
}

/** The verdict as text, for the message of a failed assertion and for logs. */
export function described(verdict: Verdict): string {
  const { ok, fail, unknown } = verdict.counts;
  const some = (title: string, found: readonly (number | string)[]): string[] =>
    found.length === 0
      ? []
      : [`${found.length} ${title}: ${found.slice(0, 10).join(', ')}${found.length > 10 ? ', …' : ''}`];
  const problems = [
    ...some('acknowledged rows lost', verdict.lost),
    ...some('ghost rows', verdict.ghosts),
    ...some('duplicated rows', verdict.duplicates),
    ...some('rows out of order', verdict.outOfOrder),
    ...some('register anomalies', verdict.register),
  ];
  const writes = `${ok} ok, ${fail} refused, ${unknown} unknown`;
  return `${writes}; ${problems.length > 0 ? problems.join('; ') : 'nothing lost, no ghost, no duplicate, in order'}`;
}

/** A writer's next row is sent after the last one was answered, so it must stand after it. */
function orderProblems(appends: readonly Append[], final: FinalState): string[] {
  const position = new Map(final.rows.map((row, index) => [row.id, index]));
  const byKey = new Map<number, Append[]>();
  for (const append of appends) {
    if (append.outcome !== 'ok' || !position.has(append.id)) continue;
    byKey.set(append.key, [...(byKey.get(append.key) ?? []), append]);
  }
  const problems: string[] = [];
  for (const [key, own] of byKey) {
    own.sort((a, b) => a.invoked - b.invoked);
    for (const [index, append] of own.slice(1).entries()) {
      const before = own[index]!;
      if (before.completed <= append.invoked && position.get(before.id)! > position.get(append.id)!)
        problems.push(`writer ${key}: ${append.id} stands before ${before.id}`);
    }
  }
  return problems;
}

/**
 * Every value is written once, so the writes that took effect are one chain from the initial
 * value to the last: each one's expected value is the value of the one before. The chain is
 * found backwards from the final value.
 */
function registerProblems(operations: readonly (Cas | Read)[], last: number): string[] {
  const writes = operations.filter((operation): operation is Cas => operation.kind === 'cas');
  const chain = chainTo(last, writes);
  if (typeof chain === 'string') return [chain];
  const effective = new Set(chain);
  const problems = writes
    .filter((write) => write.outcome === 'ok' && !effective.has(write))
    .map((write) => `acknowledged ${write.expected} → ${write.value} is not in the chain to ${last}`);
  for (const write of chain)
    if (write.outcome === 'fail') problems.push(`refused ${write.expected} → ${write.value} took effect`);
  let latestInvoked = -Infinity;
  for (const write of chain) {
    if (endOf(write) < latestInvoked)
      problems.push(`${write.expected} → ${write.value} was answered before the write before it began`);
    latestInvoked = Math.max(latestInvoked, write.invoked);
  }
  const reads = operations.filter((operation): operation is Read => operation.kind === 'read');
  return [...problems, ...reads.flatMap((read) => readProblems(read, chain))];
}

function chainTo(last: number, writes: readonly Cas[]): Cas[] | string {
  const byValue = new Map(writes.map((write) => [write.value, write]));
  const chain: Cas[] = [];
  for (let value = last; value !== initialRegister;) {
    const write = byValue.get(value);
    if (!write) return `the value ${value} was never written`;
    if (chain.length > writes.length) return `the writes that lead to ${last} go in a circle`;
    chain.push(write);
    value = write.expected;
  }
  return chain.reverse();
}

/** A read must not return a value before it can be there, nor after its successor is surely there. */
function readProblems(read: Read, chain: readonly Cas[]): string[] {
  if (read.outcome !== 'ok' || read.value === undefined) return [];
  const index = chain.findIndex((write) => write.value === read.value);
  if (index < 0 && read.value !== initialRegister) return [`read ${read.value}, which is not in the chain`];
  const source = chain[index];
  const next = chain[index + 1];
  if (source && source.invoked > read.completed) return [`read ${read.value} before it was written`];
  if (next && endOf(next) < read.invoked)
    return [`read ${read.value} after ${next.value} was acknowledged (stale)`];
  return [];
}

/** An unknown write may take effect at any later time. */
function endOf(write: Cas): number {
  return write.outcome === 'ok' ? write.completed : Infinity;
}

/** A time in which no write was acknowledged. */
export interface Gap {
  readonly lastOk: number;
  readonly firstOk: number;
  readonly milliseconds: number;
}

/**
 * The longest time without an acknowledged write that touches `from`..`to`. It is what a
 * client sees: from the last acknowledgement before the fault to the first one after it.
 * Undefined when writes never came back (or never were).
 */
export function longestGap(history: History, from: number, to: number): Gap | undefined {
  const times = history.appends
    .filter((append) => append.outcome === 'ok')
    .map((append) => append.completed)
    .sort((a, b) => a - b);
  if (times.length === 0 || times[times.length - 1]! < from) return undefined;
  let longest: Gap | undefined;
  for (let index = 1; index < times.length; index++) {
    const [lastOk, firstOk] = [times[index - 1]!, times[index]!];
    if (firstOk < from || lastOk > to) continue;
    if (!longest || firstOk - lastOk > longest.milliseconds)
      longest = { lastOk, firstOk, milliseconds: firstOk - lastOk };
  }
  return longest;
}
