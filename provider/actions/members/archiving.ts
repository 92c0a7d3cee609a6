/** What a repository that takes no WAL means for a primary that stops. Pure. */
import { leaderOf } from './find';
import type { Observed } from './observe';

/**
 * Added to a switchover's detail: PostgreSQL's stop waits for its archiver (docs/decisions/repository-away.md). Where commits
 * need the one other member, they wait with it. Empty when all is well, or nothing is known.
 */
export function lateStop(observed: Observed, mode: string, members: number): string {
  const away = withoutWal(observed);
  if (away === undefined) return '';
  const commits = mode === 'strict' && members === 2 ? '; commits wait for it' : '';
  return `; ${away}, so that ${observed.leader} stops up to 40 s late${commits}`;
}

/** "repository 1 takes no WAL now"; undefined where none is known to be so. */
export function withoutWal(observed: Observed): string | undefined {
  const archive = leaderOf(observed)?.agent.archive ?? {};
  const numbers = Object.entries(archive).flatMap(([number, state]) => (state === 'ok' ? [] : [number]));
  if (numbers.length === 0) return undefined;
  return numbers.length > 1
    ? `repositories ${numbers.join(' and ')} take no WAL now`
    : `repository ${numbers[0]} takes no WAL now`;
}
