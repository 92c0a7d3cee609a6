/**
 * What was done to a cluster, by whom and when: a ConfigMap in the cluster itself, so that it
 * is there whatever became of Pulumi's state. It decides whether a one-shot action has run.
 */
import { hasReason } from '../../live/errors';
import type { ConfigMap } from '../../live/kinds';
import type { Live } from '../../live/live';
import { names } from '../../manifests/names';

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
}

const greatestNumber = 200;
/** A ConfigMap holds 1 MiB at most; half of it leaves room for what else is kept there. */
const greatestSize = 500_000;
const key = 'entries.jsonl';

export function parseEntries(journal: ConfigMap | undefined): Entry[] {
  return (journal?.data?.[key] ?? '')
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as Entry);
}

/** The oldest go first. */
export function bounded(entries: readonly Entry[]): Entry[] {
  const kept = entries.slice(-greatestNumber);
  const sizes = kept.map((entry) => JSON.stringify(entry).length + 1);
  let size = sizes.reduce((sum, one) => sum + one, 0);
  let first = 0;
  while (size > greatestSize && first < kept.length - 1) size -= sizes[first++]!;
  return kept.slice(first);
}

/** The last entry of an action and trigger that was done, if any. */
export function done(entries: readonly Entry[], kind: string, trigger: string): Entry | undefined {
  return entries.findLast(
    (entry) => entry.kind === kind && entry.trigger === trigger && entry.state === 'done',
  );
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
    return {
      ...data,
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
