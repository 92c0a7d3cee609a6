/** Which properties differ, by path, for the engine's display: an added plan is shown as added, and nothing of how the cluster is reached. Pure. */
import { isUnknown } from '../../cluster/spec';
import { stable } from '../../manifests/fingerprint';

export type Change = 'add' | 'delete' | 'update';

/** From the inputs of the last run to the new ones. Keys in `left` say nothing of what is done; those in `whole` are not looked into. */
export function detailedDiff(
  before: object,
  after: object,
  left: readonly string[],
  whole: readonly string[],
): Map<string, Change> {
  const changes = new Map<string, Change>();
  const known = (of: object): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(of)
        .filter(([key]) => !left.includes(key) && !key.startsWith('__'))
        .map(([key, value]) => [key, whole.includes(key) ? stable(value) : value]),
    );
  compare('', known(before), known(after), changes);
  return changes;
}

function compare(path: string, before: unknown, after: unknown, changes: Map<string, Change>): void {
  if (stable(before ?? null) === stable(after ?? null)) return;
  if (before === undefined || before === null) changes.set(path, 'add');
  else if (after === undefined || after === null) changes.set(path, 'delete');
  else if (isUnknown(after)) changes.set(path, 'update');
  else if (isMap(before) && isMap(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort())
      compare(inside(path, key), before[key], after[key], changes);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      compare(`${path}[${index}]`, before[index], after[index], changes);
  } else changes.set(path, 'update');
}

/** As the engine reads paths: `a.b`, and `a["b.c"]` for what is no identifier. */
function inside(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
