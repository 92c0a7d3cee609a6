/** Schedules of backups, and how backups are made. */
import { Cron } from 'croner';
import { backupsOf } from '../normalise-backups';
import { isUnknown } from '../spec';
import type { Check } from './check';
import { items, known } from './check';
import type { Problem } from './problem';
import { shown } from './words';

const fields = 'minute, hour, day of the month, month, day of the week';

export function* schedules({ name, args }: Parameters<Check>[0]): Iterable<Problem> {
  const { repositories } = backupsOf(name, args);
  for (const [n, given] of items(args.schedules).entries())
    yield* time(`schedules[${n}]`, given, repositories.length);
  yield* fullsForEach(args.schedules, repositories.length);
}

/** What proves the backups: `backup.verify` and `backup.testRestore`. */
export function* verifications({ name, args }: Parameters<Check>[0]): Iterable<Problem> {
  const { repositories } = backupsOf(name, args);
  for (const kind of ['verify', 'testRestore'] as const) {
    const all = items(args.backup?.[kind]);
    for (const [n, given] of all.entries()) {
      const path = `backup.${kind}[${n}]`;
      yield* time(path, given, repositories.length);
      const first = all.findIndex(({ repository = 1 }) => repository === (given.repository ?? 1));
      if (first < n)
        yield {
          code: 'repository-twice',
          path: `${path}.repository`,
          found: `${given.repository ?? 1}, as backup.${kind}[${first}]`,
          allowed: 'one schedule for each repository',
          instead: 'A cron expression can name several times: "0 3,15 * * *".',
        };
    }
  }
}

function* time(
  path: string,
  { repository = 1, cron, timeZone }: { repository?: number; cron: string; timeZone?: string },
  repositories: number,
): Iterable<Problem> {
  if (repository > repositories)
    yield {
      code: 'schedule-of-no-repository',
      path: `${path}.repository`,
      found: repositories === 0 ? `${repository}, and no repositories` : `${repository}`,
      allowed:
        repositories === 0
          ? 'no schedules without repositories'
          : `the number of one of the repositories, from 1 to ${repositories}`,
    };
  yield* expression(known(cron), `${path}.cron`);
  yield* zone(known(timeZone), `${path}.timeZone`);
}

/** Kubernetes' parser is robfig/cron's ParseStandard. croner knows the same and more; what is more is refused here. */
function* expression(cron: string | undefined, path: string): Iterable<Problem> {
  if (cron === undefined) return;
  const problem = (allowed: string, instead?: string): Problem => ({
    code: 'cron',
    path,
    found: shown(cron),
    allowed,
    ...(instead === undefined ? {} : { instead }),
  });
  const parts = cron.trim().split(/\s+/);
  if (cron.trim().startsWith('@') || /TZ=/.test(cron))
    return yield problem(
      `five fields: ${fields}`,
      /TZ=/.test(cron) ? 'The time zone goes to timeZone.' : 'For example "0 1 * * *", each night at one.',
    );
  if (parts.length !== 5)
    return yield problem(
      `five fields: ${fields}`,
      parts.length === 6 ? 'Kubernetes has no field for seconds.' : undefined,
    );
  const names = parts.map((part, n) => part.replace(n === 3 ? monthNames : n === 4 ? dayNames : /$^/, ''));
  if (names.some((part) => /[^0-9*,/-]/.test(part)))
    return yield problem('digits, "*", ",", "-" and "/", and names of months and days (JAN, MON)');
  // robfig/cron's days end with 6; most others take 7 for Sunday as well.
  if (/(^|[,-])0*7([,/-]|$)/.test(parts[4]!))
    return yield problem('0 to 6 for the day of the week', 'Sunday is 0.');
  try {
    // A fixed day: whether it ever runs does not depend on now.
    const next = new Cron(parts.join(' '), { mode: '5-part', paused: true }).nextRun('2024-01-01T00:00:00Z');
    if (next === null) yield problem('a time that comes', 'There is no such day.');
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: /, '');
    yield problem(`five fields: ${fields}; ${why}`);
  }
}

const monthNames = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b/gi;
const dayNames = /\b(sun|mon|tue|wed|thu|fri|sat)\b/gi;

/** Go loads a zone by its file, so the case counts, and an offset is no zone. */
function* zone(name: string | undefined, path: string): Iterable<Problem> {
  if (name === undefined) return;
  const problem: Problem = {
    code: 'time-zone',
    path,
    found: shown(name),
    allowed: 'the name of a time zone as in the IANA database, for example "Europe/Berlin" or "Etc/UTC"',
  };
  if (!/^[A-Z][A-Za-z0-9+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name) || name === 'Local') return yield problem;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    yield problem;
  }
}

/** Retention counts full backups: without new ones nothing ever expires. */
function* fullsForEach(
  given: Parameters<Check>[0]['args']['schedules'],
  repositories: number,
): Iterable<Problem> {
  if (given === undefined || isUnknown(given) || given.length === 0) return;
  for (let number = 1; number <= repositories; number++) {
    const of = given.filter(({ repository = 1 }) => repository === number);
    if (of.length > 0 && !of.some(({ type }) => type === 'full'))
      yield {
        code: 'no-full-backups',
        path: 'schedules',
        found: `for repository ${number} only ${[...new Set(of.map(({ type }) => type))].join(' and ')}`,
        allowed: 'a schedule of type "full" as well: without it nothing expires, and the repository fills up',
      };
  }
}

export function* cipher({ args }: Parameters<Check>[0]): Iterable<Problem> {
  if (args.backup?.cipher !== false || args.backup.cipherSecret === undefined) return;
  yield {
    code: 'cipher-twice',
    path: 'backup.cipher',
    found: 'false with cipherSecret',
    allowed: 'true with cipherSecret, or neither',
  };
}
