/** The dynamic provider of `Restart`. Its path is in the state of every stack: it must stay. */
import type { Action } from '../core/action';
import { dynamicProvider } from '../core/provider';
import { onMembers, type ObservedCluster } from '../members/cluster';
import { execute } from './execute';
import { plan, refuse, refuseObserved, type RestartInputs } from './plan';

export const restart: Action<RestartInputs, ObservedCluster> = {
  ...onMembers,
  kind: 'Restart',
  refuse,
  refuseObserved,
  plan,
  execute,
};

export const provider = dynamicProvider(restart);
