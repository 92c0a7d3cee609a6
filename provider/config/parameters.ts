/**
 * The whole set of PostgreSQL parameters of a cluster, in layers: ours by default, those derived
 * from memory and volumes, the user's, and those that the cluster must own. A later layer wins.
 */
import { isUnknown, UNKNOWN } from '../cluster/spec';
import type { ClusterSpec } from '../cluster/spec';
import { defaultSettings, requiredLibraries } from './parameter-defaults';
import { needsRestart, parameterFacts } from './parameter-facts';
import { mandatorySettings } from './parameter-owned';
import { sizeSettings } from './parameter-sizes';

export { sameSetting } from './parameter-facts';

/** Name, value and reason. */
export type Setting = readonly [name: string, value: string, reason: string];

export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
  /** Which layer it is from. */
  readonly from: 'default' | 'size' | 'given' | 'mandatory';
}

/** Parameters that a standby compares with its primary's: it stops when its own value is lower. */
export const standbyChecked: readonly string[] = [
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_wal_senders',
  'max_worker_processes',
];

/** Every parameter that is set for the whole cluster, sorted by name, each with its reason. */
export function parameters(spec: ClusterSpec): Parameter[] {
  const given = givenSettings(spec);
  const values = new Map(given.map(([name, value]) => [name, value]));
  const known = parameterFacts(spec.postgresVersion);
  const byName = new Map<string, Parameter>();
  const layer = (from: Parameter['from'], settings: readonly Setting[]) => {
    for (const [name, value, reason] of settings) byName.set(name, { name, value, reason, from });
  };
  // Our own settings go to every version that has them: allow_alter_system came with 17.
  layer(
    'default',
    defaultSettings(spec).filter(([name]) => known.has(name)),
  );
  layer('size', sizeSettings(spec, values));
  layer('given', given);
  layer('mandatory', mandatorySettings(spec));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function parameterValues(spec: ClusterSpec): Record<string, string> {
  return Object.fromEntries(parameters(spec).map(({ name, value }) => [name, value]));
}

/** Wanted values of the parameters that only a restart changes, by name; for a member, with its own over the cluster's. */
export function restartParameters(spec: ClusterSpec, member?: string): Record<string, string> {
  const own = member === undefined ? {} : (spec.config.memberParameters[member] ?? {});
  const wanted = Object.entries({ ...parameterValues(spec), ...own });
  // A map that is not known yet may hold any of them.
  const unknown = wanted.some(([name]) => isUnknown(name));
  return Object.fromEntries(
    wanted
      .filter(([name]) => !isUnknown(name) && needsRestart(name, spec.postgresVersion))
      .map(([name, value]) => [name, unknown ? UNKNOWN : value]),
  );
}

/** The user's own. A list of libraries is kept, and what the user's databases need is put to it. */
function givenSettings(spec: ClusterSpec): Setting[] {
  return Object.entries(spec.config.parameters).map(([name, value]) => [
    name,
    name === 'shared_preload_libraries' ? withLibraries(value, requiredLibraries(spec)) : value,
    'given in config.parameters',
  ]);
}

function withLibraries(given: string, required: readonly string[]): string {
  if (isUnknown(given)) return UNKNOWN;
  const libraries = given.split(',').map((library) => library.trim());
  return [...new Set([...libraries, ...required])].filter((library) => library !== '').join(',');
}
