/** A member that makes a new cluster from a backup: what is shown of it, and when it has failed. */
import { sizeText } from '../../config/quantity';
import type { Live } from '../../live/live';
import type { MemberState, RestoreState } from '../../live/patroni';

/** "restoring backup 20261124-074723F: 1.2 GiB of 3.4 GiB"; undefined where nothing is restored. */
export function restoreLine(restore: RestoreState | undefined): string | undefined {
  const { phase, backup, bytes, total, end, segment, replayed, waits, problem } = restore ?? {};
  switch (phase) {
    case 'files':
      if (backup === undefined) return 'looking for the backup to restore';
      return `restoring backup ${backup}: ${sizeText(bytes ?? 0)} of ${sizeText(total ?? 0)}`;
    case 'replay': {
      if (waits !== undefined) return `WAL can't be read: ${waits}`;
      const at = segment === undefined ? 'starts to replay WAL' : `replays WAL at ${replayed} (${segment})`;
      return end === undefined ? at : `${at}, the archive ended with ${end}`;
    }
    case 'failed':
      return `the restore failed: ${problem}`;
    default:
      return undefined;
  }
}

/** Grows while the restore comes nearer to its end. */
export function restoreProgress({ agent: { restore } }: MemberState): number {
  if (restore?.phase === 'files') return restore.bytes ?? 0;
  if (restore?.phase !== 'replay') return -1;
  // Behind every number of bytes.
  return 2 ** 52 + (restore.segment === undefined ? 0 : parseInt(restore.segment.slice(8), 16) / 2 ** 24);
}

/** "restored from backup … up to 0/5000148 (before 2026-…), timeline 2". */
export function restoredLine(restore: RestoreState): string {
  const { backup, ended, reason, timeline } = restore;
  return `restored from backup ${backup} up to ${ended} (${reason}); it goes on with timeline ${timeline}`;
}

/**
 * A recovery that failed fails again, so it is not tried again. The copying may have failed at something that passes: it is
 * given up on when it has failed twice; the member itself goes on trying.
 */
export function restoreFailed({ deleting, agent: { restore } }: MemberState): boolean {
  // Of a restore in place its own action sees to it (actions/restore/leader.ts).
  if (restore?.inPlace !== undefined) return false;
  // A pod that goes is the last try's.
  return (
    !deleting && restore?.phase === 'failed' && (restore.during === 'replay' || (restore.tries ?? 0) > 1)
  );
}

/**
 * Whether the pod has to go for a restore to be made: it waits after one that failed, or is at another, or may begin another,
 * for a changed Secret reaches a running pod only after a minute or more. Asked only where no restore has been successful:
 * there is no data that anybody could lose, and what is copied already serves the next try (config/scripts/unfinished.py).
 */
export function mustBeginAnew({ state, agent }: MemberState, digest: string): boolean {
  const { restore, inPlace } = agent;
  // Of a cluster that there is. "running" says Patroni of no PostgreSQL that still recovers.
  if (state === 'running' || restore?.phase === 'done') return false;
  if (inPlace !== undefined || restore?.inPlace !== undefined) return false;
  return restore?.phase === 'failed' || restore?.digest !== digest;
}

export async function restoreFailure(live: Live, namespace: string, member: MemberState): Promise<string> {
  const { restore } = member.agent;
  const log = restore?.during === 'replay' ? await recoveryLog(live, namespace, member.pod) : [];
  return [
    `${restoreLine(restore)}.`,
    ...log.map((text) => `    log: ${text}`),
    restore?.during === 'replay'
      ? `Give another target in restoreFrom and run this again; to try the same once more, delete the pod ${member.pod} first. Nothing of the source was changed.`
      : `Correct restoreFrom and run this again; where what it names was wrong, delete the pod ${member.pod} first, so that it is tried again at once. Nothing of the source was changed.`,
  ].join('\n');
}

/** PostgreSQL's own reason: in the log of the container that ended with it. */
async function recoveryLog(live: Live, namespace: string, pod: string): Promise<string[]> {
  for (const previous of [false, true]) {
    const lines = (await live.logs(namespace, pod, 'database', 200, previous)).split('\n');
    // Not what clients were told meanwhile, and not pgBackRest's own lines.
    const ofServer = lines.filter((line) => !/user=[^,]/.test(line) && !/P\d\d/.test(line));
    const found = ofServer.filter((line) => /\b(FATAL|PANIC|HINT|DETAIL): /.test(line));
    if (found.some((line) => /\b(FATAL|PANIC): /.test(line)))
      return found.slice(-4).map((line) => line.slice(0, 300));
  }
  return [];
}
