/** What the cluster remembers of its last restore in place: in the journal's ConfigMap, so that an undo finds it whoever asks. */
import type { ConfigMap } from '../../live/kinds';
import type { Live } from '../../live/live';
import { labels } from '../../manifests/names';
import { keep } from '../core/journal';
import type { Snapshot } from '../foundation/kept';

const recordKey = 'restore.json';

export interface RestoreRecord {
  /** Of the run. */
  readonly id: string;
  readonly trigger: string;
  /** The member whose volume keeps the data of before. */
  readonly leader: string;
  /** Of the data of before, and what it came from: what an undo goes back to. */
  readonly timeline?: number;
  readonly history?: string;
  readonly repository: number;
  readonly keepSeconds: number;
  /** When the restored cluster began to accept writes; without it the restore has not come so far. */
  readonly led?: string;
  /** When all was done. */
  readonly ended?: string;
  /** It undid another one. */
  readonly undoes?: string;
  /** What Patroni knew before its keys were cleared: nothing reads it but people. */
  readonly patroni?: Snapshot;
  /** The one before, whose data are still kept: it is the last one again when this one, which did not end, is undone. */
  readonly before?: RestoreRecord;
}

export function readRecord(journal: ConfigMap | undefined): RestoreRecord | undefined {
  const text = journal?.data?.[recordKey];
  return text ? (JSON.parse(text) as RestoreRecord) : undefined;
}

export async function writeRecord(
  live: Live,
  namespace: string,
  cluster: string,
  record: RestoreRecord | undefined,
): Promise<void> {
  const text = record && JSON.stringify(record);
  await keep(live, namespace, cluster, { [labels.cluster]: cluster }, recordKey, text);
}

/** Milliseconds since 1970 until which the data of before are kept; undefined while nothing limits it. */
export function keptUntil({ led, keepSeconds }: RestoreRecord): number | undefined {
  return led === undefined ? undefined : Date.parse(led) + keepSeconds * 1000;
}
