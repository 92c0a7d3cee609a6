/** The dynamic provider of `Foundation`. Its path is in the state of every stack: it must stay. */
import type { Action, Refusal } from '../core/action';
import { dynamicProvider } from '../core/provider';
import { execute } from './execute';
import type { FoundationInputs } from './inputs';
import { observe, type Observed } from './observe';
import { plan, refuseObserved } from './plan';
import { remove } from './remove';

export const foundation: Action<FoundationInputs, Observed> = {
  kind: 'Foundation',
  secret: ['passwords'],
  runs: 'converge',
  replans: false,
  refuse,
  observe,
  refuseObserved,
  plan,
  execute,
  remove,
};

/** What can be told from the program alone. */
function refuse(inputs: FoundationInputs, previous: FoundationInputs | undefined): Refusal[] {
  const refusals: Refusal[] = [];
  if (!previous) return refusals;
  for (const key of ['cluster', 'namespace'] as const)
    if (previous[key] !== inputs[key])
      refusals.push({
        property: key,
        reason: `it was "${previous[key]}" and can't become "${inputs[key]}": volumes do not move. Write "${previous[key]}", or make another cluster beside this one.`,
      });
  const wal = (from: FoundationInputs) => from.volumes.some(({ purpose }) => purpose === 'wal');
  if (wal(previous) !== wal(inputs))
    refusals.push({
      property: 'walStorage',
      reason: wal(inputs)
        ? "the cluster was made without a WAL volume, and one can't be added later. Leave walStorage out."
        : "the cluster was made with a WAL volume, and it can't be taken away. Set walStorage again.",
    });
  return refusals;
}

export const provider = dynamicProvider(foundation);
