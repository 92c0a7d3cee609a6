/**
 * What Patroni knew of a cluster whose data outlives it.
 *
 * Patroni keeps its state in annotations of the Endpoints NAME (leader, optime, failsafe), NAME-config
 * (initialize, config, history) and NAME-sync. When a Service is deleted, Kubernetes' endpoints
 * controller deletes the Endpoints of its name. A cluster made anew on kept volumes would then find no
 * `initialize` key, and (patroni/ha.py, 4.1.4) that is dangerous:
 * - `bootstrap()`: a member with an *empty* volume makes a new database when it is the first to come;
 *   the members with data then refuse to join ("system ID mismatch").
 * - `is_healthiest_node()` compares a member with those that are up already, and with `optime`, which is
 *   gone too: a replica that comes first becomes primary although another has more WAL.
 * - without NAME-sync, a member that was not synchronous may win, and acknowledged commits are lost.
 * So these annotations are kept in the journal, and written back before the first pod starts, with the
 * last leader as holder of the lock: Patroni gives it one ttl to come back and go on; if it does not, the
 * others race as after any failure, against `optime` and, in synchronous modes, among the sync members only.
 */
import type { Endpoints } from '../../live/kinds';
import type { Live } from '../../live/live';
import { memberLabels, names } from '../../manifests/names';

/** Key in the journal's ConfigMap. */
export const snapshotKey = 'patroni.json';

/** Annotations by name of the Endpoints. */
export type Snapshot = Readonly<Record<string, Readonly<Record<string, string>>>>;

function endpointsOf(cluster: string): { leader: string; config: string; sync: string } {
  const [config = '', sync = ''] = names.dcsServices(cluster);
  return { leader: names.primaryService(cluster), config, sync };
}

/** Reads what Patroni knows now; `earlier` is what was captured while the cluster still ran. */
export async function capture(
  live: Live,
  namespace: string,
  cluster: string,
  earlier: Snapshot | undefined,
): Promise<Snapshot | undefined> {
  const found = await Promise.all(
    Object.values(endpointsOf(cluster)).map((name) => live.get('Endpoints', namespace, name)),
  );
  return combine(cluster, earlier, found);
}

/** Pure. Newer annotations win; what has gone with its Service is taken from before. */
export function combine(
  cluster: string,
  earlier: Snapshot | undefined,
  found: readonly (Endpoints | undefined)[],
): Snapshot | undefined {
  const { leader, config, sync } = endpointsOf(cluster);
  const now: Record<string, Readonly<Record<string, string>>> = {};
  for (const one of found) if (one?.metadata.annotations) now[one.metadata.name] = one.metadata.annotations;
  const initialized = (snapshot: Snapshot | undefined) => Boolean(snapshot?.[config]?.['initialize']);
  if (!initialized(now)) return initialized(earlier) ? earlier : undefined;
  const last = lastLeader(
    { before: earlier?.[leader], now: now[leader], synchronous: now[sync]?.['leader'] },
    earlier?.[config]?.['history'],
    now[config]?.['history'],
  );
  // A leader that shuts down in order gives the lock back: its name goes, and its last position stays.
  const { leader: _, ...record } = { ...earlier?.[leader], ...now[leader] };
  const named = last ? { ...record, leader: last } : record;
  return { [leader]: named, [config]: now[config]!, [sync]: now[sync] ?? earlier?.[sync] ?? {} };
}

/**
 * Whoever holds the lock. Else, in synchronous modes, whom NAME-sync names: a member writes itself there before it is promoted
 * (ha.py, enforce_primary_role). Else whoever was promoted since: the history is written some time after that. Else
 * whoever held it before, unless somebody has taken it in between: then nobody is known to have everything, and they race.
 */
function lastLeader(
  lock: {
    before?: Readonly<Record<string, string>>;
    now?: Readonly<Record<string, string>>;
    synchronous?: string;
  },
  before: string | undefined,
  now: string | undefined,
): string | undefined {
  if (lock.now?.['leader']) return lock.now['leader'];
  if (lock.synchronous) return lock.synchronous;
  const [old, current] = [history(before), history(now)];
  const promoted = current.length > old.length ? current.at(-1)?.[4] : undefined;
  if (typeof promoted === 'string') return promoted;
  const taken = lock.now?.['acquireTime'];
  return taken === undefined || taken === lock.before?.['acquireTime'] ? lock.before?.['leader'] : undefined;
}

/** [timeline, position, reason, time, leader of the next timeline], as Patroni writes them. */
function history(text: string | undefined): unknown[][] {
  try {
    const lines: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(lines) ? (lines as unknown[][]) : [];
  } catch {
    return [];
  }
}

export function parseSnapshot(text: string | undefined): Snapshot | undefined {
  return text ? (JSON.parse(text) as Snapshot) : undefined;
}

/** Writes the annotations back, where Patroni has none of its own: a cluster that runs is left alone. */
export async function restore(
  live: Live,
  namespace: string,
  cluster: string,
  snapshot: Snapshot,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const { leader, config, sync } = endpointsOf(cluster);
  const running = await live.get('Endpoints', namespace, config);
  if (running?.metadata.annotations?.['initialize']) return;
  // `initialize` comes last: after an interruption everything is written again.
  for (const name of [leader, sync, config]) {
    const annotations = Object.fromEntries(
      Object.entries(snapshot[name] ?? {}).filter(([key]) => !key.includes('/')),
    );
    const metadata = { name, namespace, labels: { ...labels, ...memberLabels(cluster) }, annotations };
    if (await live.get('Endpoints', namespace, name))
      await live.patch('Endpoints', namespace, name, { metadata: { labels: metadata.labels, annotations } });
    else await live.create('Endpoints', { metadata });
  }
}
