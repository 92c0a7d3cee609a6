/** The dynamic provider of `Restore`. Its path is in the state of every stack: it must stay. */
import type { Action } from '../core/action';
import { dynamicProvider } from '../core/provider';
import { execute } from './execute';
import type { RestoreInputs } from './inputs';
import { observeRestore, type ObservedRestore } from './observe';
import { plan, refuse, refuseObserved } from './plan';

export const restore: Action<RestoreInputs, ObservedRestore> = {
  kind: 'Restore',
  secret: ['kubeconfig'],
  runs: 'once',
  // Chosen once, and gone on with wherever it was interrupted: half-way the cluster shows little of what it was.
  replans: false,
  needsApproval: true,
  trigger: ({ trigger }) => trigger,
  refuse,
  observe: observeRestore,
  refuseObserved,
  plan,
  execute,
};

export const provider = dynamicProvider(restore);
