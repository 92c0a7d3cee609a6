/** PostgreSQL's parameters: names that don't exist or that the cluster owns, and values that the server would refuse. */
import { clusterWideLeast, formerParameters, ownedParameters } from '../../config/parameter-owned';
import { parameterFacts } from '../../config/parameter-facts';
import { defaultPostgresVersion, postgresVersions } from '../defaults';
import { memberNames } from '../../manifests/names';
import { isUnknown } from '../spec';
import type { Check } from './check';
import { entries, known } from './check';
import { refusedByTheCluster, valueProblem } from './parameter-values';
import type { Problem } from './problem';
import { anyOf, didYouMean, shown } from './words';

type Subject = Parameters<Check>[0];

export function* clusterParameters({ args }: Subject): Iterable<Problem> {
  const at = (name: string) => `config.parameters.${name}`;
  yield* parametersOf(args, entries(args.config?.parameters), at);
}

export function* memberParameters({ name, args }: Subject): Iterable<Problem> {
  const members = memberNames(name, args.replicas ?? 1, args.remove ?? []);
  for (const [member, given] of Object.entries(known(args.config?.memberParameters) ?? {})) {
    const path = `config.memberParameters.${member}`;
    if (!members.includes(member))
      yield {
        code: 'no-such-member',
        path,
        found: shown(member),
        allowed: `a member of this cluster: ${anyOf(members)}`,
        ...suggestion(didYouMean(member, members)),
      };
    const at = (parameter: string) => `${path}.${parameter}`;
    yield* parametersOf(args, entries(given), at);
    for (const [parameter] of entries(given))
      if (clusterWideLeast.has(parameter.toLowerCase()))
        yield {
          code: 'parameter-not-per-member',
          path: at(parameter),
          found: 'a parameter of one member',
          allowed: 'one value for the whole cluster; Patroni ignores it for a member',
          instead: `Write config.parameters.${parameter.toLowerCase()}.`,
        };
  }
}

function* parametersOf(
  args: Subject['args'],
  given: readonly [string, string][],
  at: (name: string) => string,
): Iterable<Problem> {
  const version = known(args.postgresVersion) ?? defaultPostgresVersion;
  const seen = new Set<string>();
  for (const [name, value] of given) {
    const lower = name.toLowerCase();
    const problem = seen.has(lower)
      ? {
          code: 'parameter-twice',
          found: `${shown(name)} again`,
          allowed: 'each parameter once; capital and small letters mean the same',
        }
      : (nameProblem(lower, version) ??
        valueProblem(lower, String(value), version, args) ??
        refusedByTheCluster(lower, String(value), args));
    if (problem) yield { ...problem, path: at(name) };
    seen.add(lower);
  }
}

function nameProblem(name: string, version: number): Omit<Problem, 'path'> | undefined {
  const owned = ownedParameters.get(name);
  if (owned)
    return {
      code: 'parameter-owned',
      found: 'a parameter of the cluster itself',
      allowed: `parameters that the cluster does not set; ${name} ${owned.why}`,
      instead: owned.instead ?? 'Leave it out.',
    };
  const facts = parameterFacts(version);
  const fact = facts.get(name);
  if (fact?.context === 'internal')
    return {
      code: 'parameter-read-only',
      found: shown(name),
      allowed: 'parameters that can be set; this one only shows a fact',
    };
  if (fact || isOfUnknownModule(name, facts)) return undefined;
  return {
    code: 'unknown-parameter',
    found: `${shown(name)}, which PostgreSQL ${version} does not have`,
    allowed: `the parameters of PostgreSQL ${version}, or "module.parameter"`,
    ...suggestion(insteadOf(name, version, facts.keys())),
  };
}

/** PostgreSQL takes any `module.parameter` for a module that is loaded later; the names of those in the data are known. */
function isOfUnknownModule(name: string, facts: ReturnType<typeof parameterFacts>): boolean {
  if (!/^[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)+$/.test(name)) return false;
  const module = name.slice(0, name.indexOf('.') + 1);
  return ![...facts.keys()].some((known) => known.startsWith(module));
}

function insteadOf(name: string, version: number, candidates: Iterable<string>): string | undefined {
  const former = formerParameters.get(name);
  if (former !== undefined) return `It is now "${former}".`;
  const other = postgresVersions.find((major) => major !== version && parameterFacts(major).has(name));
  if (other !== undefined) return `PostgreSQL ${other} has it.`;
  return didYouMean(
    name,
    [...candidates].filter((candidate) => !ownedParameters.has(candidate)),
  );
}

function suggestion(instead: string | undefined): { instead?: string } {
  return instead === undefined || isUnknown(instead) ? {} : { instead };
}
