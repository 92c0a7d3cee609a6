/** A restore in place that has begun and not ended, in a few words: what it is, who does it, how far it is. Pure. */
import { parseEntries, type Entry } from '../../actions/core/journal';
import { restoreLine } from '../../actions/members/restoring';
import { readRecord, type RestoreRecord } from '../../actions/restore/record';
import type { ConfigMap, Lease } from '../../live/kinds';
import type { Member } from './observed';

/** What is recorded of work on a cluster: its journal, and the lock of who works on it. */
export interface Work {
  readonly journal?: ConfigMap;
  readonly lock?: Lease;
}

/** A lock that has not been renewed for so long is nobody's (core/lease.ts: renewed every 5 s), whatever clocks differ by. */
const abandonedMs = 60_000;

/** Undefined where there is none. */
export function restoreUnderWay(
  cluster: string,
  { journal, lock }: Work,
  members: readonly Member[],
  now: Date,
): string | undefined {
  const record = readRecord(journal);
  if (!record || record.ended !== undefined) return undefined;
  const entry = parseEntries(journal).findLast(({ id }) => id === record.id);
  const what = record.undoes
    ? `restore "${record.trigger}", which undoes an earlier one`
    : `restore "${record.trigger}"`;
  const since = entry ? `, since ${entry.started.slice(0, 16).replace('T', ' ')} UTC` : '';
  const leads = record.led === undefined ? 'writes are refused' : `${record.leader} accepts writes`;
  const head = `${cluster} is being restored in place (${what}, by ${entry?.by ?? 'somebody'}${since}); ${leads}`;
  return [head, ...step(entry), ...doing(record, members), ...ends(cluster, entry, lock, now)].join('; ');
}

function step(entry: Entry | undefined): string[] {
  const number = entry?.done.length ?? 0;
  const next = entry?.plan[number];
  if (!entry || next === undefined) return [];
  return [`step ${number + 1} of ${entry.plan.length}: ${next.split(' (')[0]!}`];
}

function doing({ id, leader }: RestoreRecord, members: readonly Member[]): string[] {
  const { inPlace, restore } = members.find(({ name }) => name === leader)?.agent ?? {};
  const replay = restore?.inPlace?.startsWith(`${id} `) ? restoreLine(restore) : undefined;
  if (inPlace?.state === undefined) return replay === undefined ? [] : [`${leader}: ${replay}`];
  return [`${leader}: ${inPlace.state}${inPlace.text ? ` ${inPlace.text}` : ''}`];
}

/** Where nobody goes on with it by himself. */
function ends(cluster: string, entry: Entry | undefined, lock: Lease | undefined, now: Date): string[] {
  if (!entry) return [];
  const on = `run the same again, restore to another target, or go back: pgha restore ${cluster} --undo`;
  const message = entry.message?.split('\n')[0]!.replace(/\.$/, '');
  if (entry.state === 'failed' || entry.state === 'stopped')
    return [`it has ${entry.state}${message ? `: ${message}` : ''}; nothing is lost: ${on}`];
  const { holderIdentity, renewTime } = lock?.spec ?? {};
  const held = holderIdentity && now.getTime() - Date.parse(renewTime ?? '') < abandonedMs;
  return held ? [] : [`nobody performs its steps any more, members go on with theirs: ${on}`];
}
