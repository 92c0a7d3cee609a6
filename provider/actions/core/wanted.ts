/** Comparing inputs. Pure. */
import { isUnknown } from '../../cluster/spec';
import { stable } from '../../manifests/fingerprint';
import type { Action, ActionInputs } from './action';
import { connectionKeys } from './inputs';
import { shortHash } from './plan';

/** Keys that check or the engine adds; they say nothing of what is wanted. */
const computedKeys: readonly string[] = ['__provider', 'plan', 'planDigest', 'identity', 'unfinished'];

/** The inputs without how the cluster is reached and what was computed. */
export function wanted(inputs: object): Record<string, unknown> {
  const without = [...connectionKeys, ...computedKeys];
  return Object.fromEntries(
    Object.entries(inputs).filter(
      ([key, value]) => !without.includes(key) && value !== undefined && value !== null,
    ),
  );
}

export function sameWanted(a: object, b: object): boolean {
  return stable(wanted(a)) === stable(wanted(b));
}

/** Whether two inputs ask for the same run: for an action that runs once, the trigger alone says so. */
export function sameRun<I extends ActionInputs, O>(action: Action<I, O>, a: I, b: I): boolean {
  if (action.runs === 'converge') return sameWanted(a, b);
  return sameCluster(a, b) && triggerOf(action, a) === triggerOf(action, b);
}

export function sameCluster(a: ActionInputs, b: ActionInputs): boolean {
  return a.namespace === b.namespace && a.cluster === b.cluster;
}

/** Names of the inputs that differ. */
export function differing(a: object, b: object): string[] {
  const [one, other] = [wanted(a), wanted(b)];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return keys.filter((key) => stable(one[key] ?? null) !== stable(other[key] ?? null));
}

/** Whether anything that a plan or its execution needs is not known before `up`. */
export function hasUnknown(inputs: ActionInputs): boolean {
  const { row: _row, ...rest } = inputs;
  const { plan: _plan, planDigest: _digest, ...given } = rest as Record<string, unknown>;
  return isUnknown(JSON.stringify(given));
}

/** What a run is known by. Secret inputs are left out: nothing may be derived from them. */
export function triggerOf<I extends ActionInputs, O>(action: Action<I, O>, inputs: I): string {
  if (action.trigger) return action.trigger(inputs);
  const rest = Object.fromEntries(
    Object.entries(wanted(inputs)).filter(([key]) => !(action.secret as readonly string[]).includes(key)),
  );
  return shortHash(stable(rest));
}
