/** Signatures first; content follows within the hour. */
import type { ClusterSpec } from '../cluster/spec';

export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

/** Every parameter of the cluster that differs from PostgreSQL's default, sorted by name, each with its reason. */
export function parameters(spec: ClusterSpec): Parameter[] {
  return Object.entries(spec.config.parameters).map(([name, value]) => ({ name, value, reason: 'given' }));
}

export function parameterValues(spec: ClusterSpec): Record<string, string> {
  return Object.fromEntries(parameters(spec).map(({ name, value }) => [name, value]));
}

/** Wanted values of the parameters that only a restart changes, by name. */
export function restartParameters(spec: ClusterSpec): Record<string, string> {
  return parameterValues(spec);
}

/** Parameters that a standby compares with its primary's: it stops when its own value is lower. */
export const standbyChecked: readonly string[] = [
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_wal_senders',
  'max_worker_processes',
];

/** Whether two texts mean the same value of a parameter: "64MB", "65536kB" and, for shared_buffers, "8192". */
export function sameSetting(name: string, a: string, b: string): boolean {
  return name !== '' && a === b;
}
