/**
 * Whether a target of a restore can be reached, and from which backup: decided from what is published, as pgBackRest
 * decides (restoreBackupSet() in its src/command/restore/restore.c). Pure.
 *
 * What is published was true when the last backup ended. A backup that is too new for the target, and a gap, are known
 * then; whether WAL archived since reaches the target is not, and is said as a doubt instead of a refusal.
 */
import type { PublishedBackup, PublishedBackups, WalGap } from './published-backups';
import { parseRecoveryTime, shownTime } from './recovery-time';
import { position } from './timelines';

export interface RestoreTarget {
  /** pgBackRest's; `default` is the end of the archive. */
  readonly type: 'default' | 'time' | 'lsn' | 'xid' | 'name' | 'immediate';
  readonly target?: string;
  /** Label of the backup, where one is asked for. */
  readonly backup?: string;
  /** The timeline, where one is asked for: PostgreSQL's recovery_target_timeline. */
  readonly timeline?: string;
  /** Whether a restore to the end of the archive may end at WAL that is missing. */
  readonly untilGap?: boolean;
}

export interface ReachableTarget {
  readonly backup: PublishedBackup;
  /** Size of the restored data. */
  readonly bytes: number;
  /** "time 2026-11-24 10:00:00+00", "the end of the archive". */
  readonly upTo: string;
  /** What can be reached at all. */
  readonly range: string;
  /** What an in-place restore throws away. The same in a preview and the `up` after it: no age in it. */
  readonly lost: string;
  /** What can't be known from what is published. */
  readonly doubts: readonly string[];
}

export type TargetChoice = ReachableTarget | { readonly refused: string };

/** `now`: milliseconds since 1970. `segment`: bytes of a file of WAL. `complete`: WAL up to now is archived before the restore begins. */
export function chooseTarget(
  published: PublishedBackups,
  wanted: RestoreTarget,
  now: number,
  segment = 2 ** 24,
  complete = false,
): TargetChoice {
  const { backups, gaps = [] } = published;
  if (backups.length === 0)
    return { refused: `there is no backup in the repository (pgBackRest says: ${published.status})` };
  const range = rangeOf(published, wanted.type);
  const refuse = (why: string) => ({ refused: `${why}; possible: ${range}` });
  if (wanted.type === 'time') {
    const time = parseRecoveryTime(wanted.target ?? '');
    if (time === undefined)
      return refuse(`target ${wanted.target} is no time with a zone, for example "2026-11-24 07:50:00+00"`);
    if (time > now)
      return refuse(`target ${wanted.target} is in the future (now: ${shownTime(Math.floor(now / 1000))})`);
  }
  if (wanted.type === 'lsn' && position(wanted.target ?? '') === undefined)
    return refuse(`target ${wanted.target} is no position in WAL, for example "0/5000050"`);
  const backup = wanted.backup === undefined ? newest(backups, wanted) : labelled(backups, wanted.backup);
  if (backup === undefined)
    return wanted.backup === undefined
      ? refuse(`target ${wanted.target} is before the end of the first backup that can be used`)
      : {
          refused: `there is no backup ${wanted.backup}; there are: ${backups.map(({ label }) => label).join(', ')}`,
        };
  if (wanted.backup !== undefined && !startsBefore(backup, wanted, true))
    return refuse(
      `target ${wanted.target} is before the end of backup ${backup.label} (${shownTime(backup.stop)}${backup.lsnStop ? `, ${backup.lsnStop}` : ''})`,
    );
  const newestTimeline = timeline(published.walMax) ?? timeline(backups.at(-1)!.walStop);
  // In place there is no such choice.
  const asked = wanted.type === 'default' && !complete ? ' (untilGap: true ends before it)' : '';
  const doubts: string[] = [];
  for (const gap of gaps) {
    const blocks = effect(gap, backup, wanted, segment);
    const missing = `WAL ${gap.from} to ${gap.to} is missing in the repository`;
    // Recovery follows the newest timeline; one that is newer than the last backup knew is only told of by the gap.
    if (blocks === 'yes' && timeline(gap.to)! >= (newestTimeline ?? 0) && !wanted.untilGap)
      return refuse(`${missing}, and backup ${backup.label} can't reach the target without it${asked}`);
    if (blocks !== 'no') doubts.push(`${missing}: a target behind it can't be reached from this backup`);
  }
  return {
    backup,
    bytes: backup.databaseBytes,
    upTo: upTo(wanted),
    range,
    lost: lost(wanted),
    doubts: [
      ...doubts,
      ...furtherDoubts(backup, wanted, newestTimeline),
      ...(complete ? [] : archiveDoubts(published, wanted, segment)),
    ],
  };
}

function furtherDoubts(
  backup: PublishedBackup,
  wanted: RestoreTarget,
  newestTimeline: number | undefined,
): string[] {
  const doubts: string[] = [];
  const { type, target } = wanted;
  const from = timeline(backup.walStop);
  if (backup.error) doubts.push(`backup ${backup.label} has pages with wrong checksums`);
  const follows = wanted.timeline === undefined || wanted.timeline === 'latest';
  if (follows && from !== undefined && newestTimeline !== undefined && from < newestTimeline)
    doubts.push(
      `the backup is of timeline ${from} and recovery follows the newest (${newestTimeline}): what was written on an older one after the change is not reached`,
    );
  if (type === 'xid' || type === 'name')
    doubts.push(
      `where ${type} ${target} is in WAL is not published: if it is before the end of backup ${backup.label}, give the label of an older backup`,
    );
  return doubts;
}

/** Of what came into the archive since the last backup ended. */
function archiveDoubts(
  published: PublishedBackups,
  { type, target }: RestoreTarget,
  segment: number,
): string[] {
  const doubts: string[] = [];
  const known = walPosition(published.walMax, segment);
  if (type === 'time' && parseRecoveryTime(target!)! / 1000 > published.backups.at(-1)!.stop)
    doubts.push('whether WAL has been archived up to the target is known to the restore only');
  if (type === 'lsn' && known !== undefined && position(target!)! >= known + BigInt(segment))
    doubts.push(
      `WAL was archived up to ${published.walMax} when the last backup ended; more may have come since`,
    );
  return doubts;
}

/** The newest that ends before the target; for targets whose place is not known, the newest of all, as pgBackRest does. */
function newest(backups: readonly PublishedBackup[], wanted: RestoreTarget): PublishedBackup | undefined {
  return backups.findLast((one) => startsBefore(one, wanted, false));
}

function labelled(backups: readonly PublishedBackup[], label: string): PublishedBackup | undefined {
  return backups.find((one) => one.label === label);
}

/** pgBackRest drops fractions, and takes for a time only a backup that ended in an earlier second, unless told which. */
function startsBefore(backup: PublishedBackup, { type, target }: RestoreTarget, told: boolean): boolean {
  if (type === 'time') {
    const seconds = Math.floor(parseRecoveryTime(target!)! / 1000);
    return told ? backup.stop <= seconds : backup.stop < seconds;
  }
  if (type !== 'lsn') return true;
  const stop = position(backup.lsnStop ?? '');
  // Told which, pgBackRest does not ask for its position.
  return stop === undefined ? told : stop <= position(target!)!;
}

/** Whether a gap lies between the beginning of the backup and the target. */
function effect(
  gap: WalGap,
  backup: PublishedBackup,
  { type, target }: RestoreTarget,
  segment: number,
): 'yes' | 'no' | 'perhaps' {
  const [from, to] = [walPosition(gap.from, segment), walPosition(gap.to, segment)];
  const [start, stop] = [walPosition(backup.walStart, segment), walPosition(backup.walStop, segment)];
  if (from === undefined || to === undefined || start === undefined || stop === undefined) return 'perhaps';
  if (to < start) return 'no';
  if (from <= stop || type === 'default') return 'yes';
  if (type === 'immediate') return 'no';
  if (type === 'lsn') return position(target!)! >= from ? 'yes' : 'no';
  return 'perhaps';
}

function rangeOf({ backups, walMax }: PublishedBackups, type: RestoreTarget['type']): string {
  const [first] = backups;
  const wal = walMax ? `, which was WAL ${walMax} when the last backup ended` : '';
  if (type !== 'lsn')
    return `from ${shownTime(first!.stop)} (end of backup ${first!.label}) to the end of the archive${wal}`;
  const located = backups.find(({ lsnStop }) => lsnStop);
  return located
    ? `from ${located.lsnStop} (end of backup ${located.label}) to the end of the archive${wal}`
    : 'none by position, since no backup has one; give a time, or the label of a backup';
}

function upTo({ type, target }: RestoreTarget): string {
  if (type === 'default') return 'the end of the archive';
  return type === 'immediate' ? 'the first consistent point of the backup' : `${type} ${target}`;
}

function lost(wanted: RestoreTarget): string {
  return wanted.type === 'default'
    ? 'what has not been archived when the restore begins'
    : `everything committed after ${upTo(wanted)}`;
}

/** Where a file of WAL begins: its name is timeline, high half, and number of the segment, 8 digits each. */
function walPosition(name: string | null | undefined, segment: number): bigint | undefined {
  const [, high, number] = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})$/.exec(name ?? '') ?? [];
  return high === undefined
    ? undefined
    : (BigInt(`0x${high}`) << 32n) + BigInt(`0x${number}`) * BigInt(segment);
}

function timeline(name: string | null | undefined): number | undefined {
  return name ? parseInt(name.slice(0, 8), 16) : undefined;
}
