/**
 * What was done to a cluster, by whom and when: a ConfigMap in the cluster itself, so that it
 * is there whatever became of Pulumi's state. It decides whether a one-shot action has run.
 */
import { hasReason } from '../../live/errors';
import type { ConfigMap } from '../../live/kinds';
import type { Live } from '../../live/live';
import { names } from '../../manifests/names';
import type { Step } from './steps';

export interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly trigger: string;
  readonly digest: string;
  readonly plan: readonly string[];
  /** Lines of the steps that were done. */
  readonly done: readonly string[];
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  readonly by: string;
  readonly started: string;
  readonly ended?: string;
  readonly message?: string;
  /** Of an action that runs once: it is kept until it is done, since a later run goes on from it. */
  readonly once?: true;
  /** Of such an action: the steps of `done`, as the planner made them. */
  readonly steps?: readonly Step[];
  /** What an executor wanted to find again after an interruption. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** That a trigger has run. It stays when its entry has made room for newer ones. */
export interface DoneMark {
  readonly ended: string;
  readonly by: string;
}

type DoneMarks = Readonly<Record<string, Readonly<Record<string, DoneMark>>>>;

const greatestNumber = 200;
/** A ConfigMap holds 1 MiB at most; half of it leaves room for what else is kept there. */
const greatestSize = 500_000;
const key = 'entries.jsonl';
/** Kind, trigger, mark. */
const marksKey = 'triggers.json';
/** Of a hundred bytes each: more triggers than anybody gives a cluster in its life. */
const greatestMarks = 3000;

export function parseEntries(journal: ConfigMap | undefined): Entry[] {
  return (journal?.data?.[key] ?? '')
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as Entry);
}

/** The oldest go first; what a later run is to go on from stays. */
export function bounded(entries: readonly Entry[]): Entry[] {
  const needed = (entry: Entry) => entry.once === true && entry.state !== 'done';
  const sizes = new Map(entries.map((entry) => [entry, JSON.stringify(entry).length + 1]));
  const kept = [...entries];
  let size = [...sizes.values()].reduce((sum, one) => sum + one, 0);
  for (const entry of entries.slice(0, -1)) {
    if (kept.length <= greatestNumber && size <= greatestSize) break;
    if (needed(entry)) continue;
    kept.splice(kept.indexOf(entry), 1);
    size -= sizes.get(entry)!;
  }
  return kept;
}

/** What the journal says of a trigger: that it has run, or what a run that did not end has left. */
export interface Runs {
  readonly done?: DoneMark;
  readonly unfinished?: Entry;
}

export function runsOf(journal: ConfigMap | undefined, kind: string, trigger: string): Runs {
  const done = marksOf(journal?.data)[kind]?.[trigger];
  if (done) return { done };
  const last = parseEntries(journal).findLast((one) => one.kind === kind && one.trigger === trigger);
  if (!last) return {};
  return last.state === 'done' ? { done: { ended: last.ended ?? '', by: last.by } } : { unfinished: last };
}

export async function readRuns(
  live: Live,
  namespace: string,
  cluster: string,
  kind: string,
  trigger: string,
): Promise<Runs> {
  return runsOf(await live.get('ConfigMap', namespace, names.journal(cluster)), kind, trigger);
}

function marksOf(data: Readonly<Record<string, string>> | undefined): DoneMarks {
  return JSON.parse(data?.[marksKey] ?? '{}') as DoneMarks;
}

function withMark(marks: DoneMarks, { kind, trigger, ended, by }: Entry): DoneMarks {
  const { [trigger]: _again, ...others } = marks[kind] ?? {};
  const all = { ...others, [trigger]: { ended: ended ?? '', by } };
  return { ...marks, [kind]: Object.fromEntries(Object.entries(all).slice(-greatestMarks)) };
}

export async function readJournal(live: Live, namespace: string, cluster: string): Promise<Entry[]> {
  return parseEntries(await live.get('ConfigMap', namespace, names.journal(cluster)));
}

/** Writes an entry, in place of the one with the same id. */
export async function record(
  live: Live,
  namespace: string,
  cluster: string,
  labels: Readonly<Record<string, string>>,
  entry: Entry,
): Promise<void> {
  await edit(live, namespace, cluster, labels, (data) => {
    const entries = parseEntries({ metadata: { name: '' }, data }).filter((one) => one.id !== entry.id);
    const ran = entry.once === true && entry.state === 'done';
    return {
      ...data,
      ...(ran ? { [marksKey]: JSON.stringify(withMark(marksOf(data), entry)) } : {}),
      [key]: bounded([...entries, entry])
        .map((one) => `${JSON.stringify(one)}\n`)
        .join(''),
    };
  });
}

/** Keeps something besides the entries (what Patroni knew, while its own objects are gone). */
export async function keep(
  live: Live,
  namespace: string,
  cluster: string,
  labels: Readonly<Record<string, string>>,
  name: string,
  value: string | undefined,
): Promise<void> {
  await edit(live, namespace, cluster, labels, (data) => {
    const { [name]: _old, ...rest } = data;
    return value === undefined ? rest : { ...rest, [name]: value };
  });
}

async function edit(
  live: Live,
  namespace: string,
  cluster: string,
  labels: Readonly<Record<string, string>>,
  change: (data: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): Promise<void> {
  const name = names.journal(cluster);
  for (let tries = 1; ; tries++) {
    const existing = await live.get('ConfigMap', namespace, name);
    try {
      if (existing) await live.replace('ConfigMap', { ...existing, data: change(existing.data ?? {}) });
      else await live.create('ConfigMap', { metadata: { name, namespace, labels }, data: change({}) });
      return;
    } catch (error) {
      const raced = hasReason(error, 'Conflict') || hasReason(error, 'AlreadyExists');
      if (!raced || tries >= 5) throw error;
    }
  }
}
