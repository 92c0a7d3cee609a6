/** The cluster's name, its namespace, and the names of its members. */
import { memberNames, names, podName } from '../../manifests/names';
import type { Check } from './check';
import { items, known } from './check';
import type { Problem } from './problem';
import { shown } from './words';

/** Every derived name that has a limit of its own, with the reason of the limit. */
const limits: readonly {
  what: string;
  most: number;
  derived: (cluster: string, member: string) => string;
}[] = [
  {
    // A CronJob's jobs get eleven characters more (Kubernetes docs, CronJob).
    what: 'CronJob',
    most: 52,
    derived: (cluster) => names.renewal(cluster),
  },
  {
    // Its pods carry the label controller-revision-hash: the name, a dash and ten characters.
    what: 'StatefulSet',
    most: 52,
    derived: (_cluster, member) => member,
  },
  { what: 'pod', most: 63, derived: (_cluster, member) => podName(member) },
  ...[names.replicaService, names.anyService, names.membersService].map(service),
  ...names.dcsServices('').map((_name, n) => service((cluster) => names.dcsServices(cluster)[n]!)),
];

function service(derived: (cluster: string) => string) {
  return { what: 'Service', most: 63, derived };
}

export function* clusterName({ name, args }: Parameters<Check>[0]): Iterable<Problem> {
  // Service names are DNS-1035 labels: unlike those of other objects they begin with a letter.
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    const fixed = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '');
    yield {
      code: 'name-not-a-dns-label',
      path: 'name',
      found: shown(name),
      allowed: 'small letters a-z, digits and "-", beginning with a letter and ending with a letter or digit',
      ...(fixed === '' ? {} : { instead: `For example "${fixed}".` }),
    };
  }
  const longestMember = memberNames(name, args.replicas ?? 1, args.remove ?? []).at(-1) ?? `${name}-1`;
  const excess = limits
    .map(({ what, most, derived }) => ({ what, most, derived: derived(name, longestMember) }))
    .map((limit) => ({ ...limit, excess: limit.derived.length - limit.most }))
    .sort((a, b) => b.excess - a.excess)[0]!;
  if (excess.excess > 0)
    yield {
      code: 'name-too-long',
      path: 'name',
      found: `${name.length} characters`,
      allowed: `at most ${name.length - excess.excess}, since ${excess.what} ${shown(excess.derived)} may have ${excess.most}`,
    };
}

export function* namespaceName({ args }: Parameters<Check>[0]): Iterable<Problem> {
  const namespace = known(args.namespace);
  if (
    namespace === undefined ||
    (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace) && namespace.length <= 63)
  )
    return;
  yield {
    code: 'namespace-not-a-dns-label',
    path: 'namespace',
    found: shown(namespace),
    allowed: 'the name of a namespace: at most 63 small letters a-z, digits and "-"',
  };
}

export function* removedMembers({ name, args }: Parameters<Check>[0]): Iterable<Problem> {
  const seen = new Set<string>();
  for (const [n, member] of items(args.remove).entries()) {
    if (known(member) === undefined) continue;
    const path = `remove[${n}]`;
    const number = member.startsWith(`${name}-`) ? member.slice(name.length + 1) : '';
    if (!/^[1-9]\d{0,3}$/.test(number))
      yield {
        code: 'remove-not-a-member',
        path,
        found: shown(member),
        allowed: `the name of a member: "${name}-" and its number`,
        instead: `For example "${name}-2".`,
      };
    if (seen.has(member))
      yield { code: 'remove-twice', path, found: `${shown(member)} again`, allowed: 'each member once' };
    seen.add(member);
  }
}
