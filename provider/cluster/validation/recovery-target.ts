/** How far a restore may go: the form of a target, the same for a new cluster and for one that is restored in place. */
import type { GivenTarget } from '../../config/recovery-target';
import { known } from './check';
import type { Problem } from './problem';
import { shown } from './words';

/** What PostgreSQL and pgBackRest take as a target; a time without a zone would be read in whatever zone the server has. */
const forms = {
  time: [
    /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|UTC|[+-]\d\d(:?\d\d)?)$/,
    'a time with a zone, for example "2026-11-24 07:50:00+00"',
  ],
  lsn: [/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/i, 'a position in WAL, for example "0/5000050"'],
  xid: [/^\d+$/, 'the number of a transaction'],
  timeline: [/^(latest|current|[1-9]\d{0,9})$/, '"latest", "current" or the number of a timeline'],
  backup: [/^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/, 'the label of a backup, for example "20261124-074723F"'],
} as const;

export function* recoveryTargetProblems(given: GivenTarget, path: string): Iterable<Problem> {
  for (const key of Object.keys(forms) as (keyof typeof forms)[]) {
    const [form, allowed] = forms[key];
    const text = known(given[key]);
    if (text !== undefined && !form.test(text))
      yield { code: 'restore-target', path: `${path}.${key}`, found: shown(text), allowed };
  }
  const targets = (['time', 'lsn', 'xid', 'name', 'immediate', 'untilGap'] as const).filter(
    (key) => given[key] !== undefined,
  );
  if (targets.length > 1)
    yield {
      code: 'restore-targets',
      path,
      found: targets.join(' and '),
      allowed: 'one target at most',
    };
}
