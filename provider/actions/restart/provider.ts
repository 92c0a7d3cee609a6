/** The dynamic provider of `Restart`. Its path is in the state of every stack: it must stay. */
import type { Action } from '../core/action';
import { dynamicProvider } from '../core/provider';
import { observeCluster, type ObservedCluster } from '../members/cluster';
import { execute } from './execute';
import { plan, refuse, refuseObserved, type RestartInputs } from './plan';

export const restart: Action<RestartInputs, ObservedCluster> = {
  kind: 'Restart',
  secret: ['kubeconfig'],
  runs: 'once',
  replans: true,
  trigger: ({ trigger }) => trigger,
  refuse,
  observe: observeCluster,
  refuseObserved,
  plan,
  execute,
};

export const provider = dynamicProvider(restart);
