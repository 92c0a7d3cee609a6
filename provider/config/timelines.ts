/** Which backups lead to a timeline. Pure. */
import type { PublishedBackup } from './published-backups';

/** A timeline that was left, and the position at which it was. */
interface Ancestor {
  readonly timeline: number;
  readonly left: bigint;
}

/**
 * Those of the timeline itself, and those of timelines that it came from, if they ended before these were left. All where
 * the timeline is not known. `history` is Patroni's: `[[1, 25623960, "reason", …], …]`, in the annotation of NAME-config.
 */
export function usableBackups(
  backups: readonly PublishedBackup[],
  timeline: number | undefined,
  history: string | undefined,
): readonly PublishedBackup[] {
  if (timeline === undefined) return backups;
  const ancestors = ancestorsIn(history);
  return backups.filter(({ walStop, lsnStop }) => {
    const of = walStop ? parseInt(walStop.slice(0, 8), 16) : timeline;
    if (of === timeline) return true;
    const stop = position(lsnStop ?? '');
    const ancestor = ancestors.find((one) => one.timeline === of);
    return ancestor !== undefined && stop !== undefined && stop <= ancestor.left;
  });
}

function ancestorsIn(history: string | undefined): Ancestor[] {
  try {
    const lines: unknown = JSON.parse(history ?? '[]');
    if (!Array.isArray(lines)) return [];
    return lines.flatMap((line: unknown) => {
      const [timeline, left] = Array.isArray(line) ? (line as unknown[]) : [];
      return typeof timeline === 'number' && typeof left === 'number'
        ? [{ timeline, left: BigInt(left) }]
        : [];
    });
  } catch {
    return []; // somebody edited it; Patroni writes it anew
  }
}

/** Of "0/5000050". */
export function position(lsn: string): bigint | undefined {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(lsn) ?? [];
  return high === undefined ? undefined : (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
