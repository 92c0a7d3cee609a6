/** What a new cluster is made from. */
import type { Check } from './check';
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
  backup: [/^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/, 'the label of a backup, for example "20261124-074723F"'],
  path: [
    /^\/?[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*\/?$/,
    '"PREFIX/CLUSTER/GENERATION", as `pgha show backup` prints it',
  ],
} as const;

export function* restoreFrom({ name, args }: Parameters<Check>[0]): Iterable<Problem> {
  const given = args.restoreFrom;
  if (!given) return;
  const path = 'restoreFrom';
  const sources = [given.cluster, given.path].filter((one) => one !== undefined).length;
  if (sources !== 1)
    yield {
      code: 'restore-source',
      path,
      found: sources === 0 ? 'neither cluster nor path' : 'cluster and path',
      allowed: 'one of them',
    };
  if (known(given.cluster) === name)
    yield {
      code: 'restore-from-itself',
      path: `${path}.cluster`,
      found: shown(name),
      allowed: 'another cluster',
      instead: 'To bring a cluster back in place is an action of its own (Restore).',
    };
  for (const [key, [form, allowed]] of Object.entries(forms) as [
    keyof typeof forms,
    readonly [RegExp, string],
  ][]) {
    const text = known(given[key]);
    if (text !== undefined && !form.test(text))
      yield { code: 'restore-target', path: `${path}.${key}`, found: shown(text), allowed };
  }
  const targets = (['time', 'lsn', 'xid', 'name', 'immediate'] as const).filter(
    (key) => given[key] !== undefined,
  );
  if (targets.length > 1)
    yield {
      code: 'restore-targets',
      path,
      found: targets.join(' and '),
      allowed: 'one target at most',
    };
  const count = args.repositories?.length ?? 1;
  const number = known(given.repository) ?? 1;
  if (given.path !== undefined && number > count)
    yield {
      code: 'restore-of-no-repository',
      path: `${path}.repository`,
      found: `${number}`,
      allowed: `the number of one of this cluster's repositories, from 1 to ${count}`,
    };
  // Without pgBackRest's certificate and configuration there is nothing that could restore.
  if (count === 0)
    yield {
      code: 'restore-without-repositories',
      path,
      found: 'it with repositories: []',
      allowed: 'it with at least one repository, where the new cluster keeps its own backups',
    };
}
