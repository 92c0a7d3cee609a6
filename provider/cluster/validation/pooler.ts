/** Settings of PgBouncer: names that it does not have or that the cluster owns, and values that break the file. */
import { ownedPoolerSettings, poolerSettings } from '../../config/pgbouncer';
import type { Check } from './check';
import { entries } from './check';
import type { Problem } from './problem';
import { didYouMean, shown } from './words';

export function* pooler({ args }: Parameters<Check>[0]): Iterable<Problem> {
  for (const [given, value] of entries(args.pooler?.parameters)) {
    const name = given.toLowerCase();
    const path = `pooler.parameters.${given}`;
    const owned = ownedPoolerSettings.get(name);
    if (owned !== undefined)
      yield {
        code: 'pooler-setting-owned',
        path,
        found: 'a setting of the cluster itself',
        allowed: 'settings that the cluster does not set',
        instead: owned,
      };
    else if (!poolerSettings.includes(name)) {
      const instead = didYouMean(name, poolerSettings);
      yield {
        code: 'unknown-pooler-setting',
        path,
        found: `${shown(given)}, which PgBouncer does not have`,
        allowed: 'settings of PgBouncer, section [pgbouncer]',
        ...(instead === undefined ? {} : { instead }),
      };
    } else if (/[\r\n]/.test(String(value)))
      yield { code: 'pooler-setting-lines', path, found: shown(value), allowed: 'a text of one line' };
  }
}
