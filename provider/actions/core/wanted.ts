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
