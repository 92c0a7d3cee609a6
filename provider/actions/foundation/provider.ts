/** The dynamic provider of `Foundation`. Its path is in the state of every stack: it must stay. */
import { renderProblem, validateChange } from '../../cluster/validation';
import type { Action, Refusal } from '../core/action';
import { dynamicProvider } from '../core/provider';
import { execute } from './execute';
import type { FoundationInputs } from './inputs';
import { observe, type Observed } from './observe';
import { plan, refuseObserved } from './plan';
import { remove } from './remove';

export const foundation: Action<FoundationInputs, Observed> = {
  kind: 'Foundation',
  secret: ['passwords', 'repositoryKeys'],
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
  if (!previous) return [];
  return validateChange(previous.spec, inputs.spec).map((problem) => ({
    property: problem.path,
    reason: renderProblem(problem),
  }));
}

export const provider = dynamicProvider(foundation);
