/** What a new cluster is made from. */
import type { Check } from './check';
import { known } from './check';
import type { Problem } from './problem';
import { recoveryTargetProblems } from './recovery-target';
import { shown } from './words';

const pathForm = /^\/?[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*\/?$/;

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
  const place = known(given.path);
  if (place !== undefined && !pathForm.test(place))
    yield {
      code: 'restore-target',
      path: `${path}.path`,
      found: shown(place),
      allowed: '"PREFIX/CLUSTER/GENERATION", as `pgha show backup` prints it',
    };
  yield* recoveryTargetProblems(given, path);
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
