/** The dynamic provider of `Rollout`. Its path is in the state of every stack: it must stay. */
import { labels } from '../../manifests/names';
import type { Action } from '../core/action';
import { keep } from '../core/journal';
import { dynamicProvider } from '../core/provider';
import { capture, snapshotKey } from '../foundation/kept';
import { execute } from './execute';
import type { RolloutInputs } from './inputs';
import { observe, type Observed } from './observe';
import { plan } from './plan';

export const rollout: Action<RolloutInputs, Observed> = {
  kind: 'Rollout',
  secret: [],
  runs: 'converge',
  replans: true,
  // What is deleted is named in the plan, and somebody has read it.
  needsApproval: (steps) => steps.some(({ kind }) => kind === 'deleteVolume'),
  refuse: () => [],
  observe,
  plan: (observed, inputs, previous) =>
    plan(observed, unfenced(inputs, observed), previous && unfenced(previous, observed)),
  execute: async (step, context) => {
    const { inputs, previous, observed } = context;
    await execute(step, {
      ...context,
      inputs: unfenced(inputs, observed),
      previous: previous && unfenced(previous, observed),
    });
  },
  async remove(live, { namespace, cluster, deletionPolicy }) {
    // The first thing to go on destroy: who led is still known. The Foundation, which goes last, uses it.
    if (deletionPolicy === 'delete') return;
    const snapshot = await capture(live, namespace, cluster, undefined);
    if (snapshot)
      await keep(
        live,
        namespace,
        cluster,
        { [labels.cluster]: cluster },
        snapshotKey,
        JSON.stringify(snapshot),
      );
  },
};

/** A member that somebody keeps stopped (Fence) is left alone, and waited for by nobody. */
function unfenced(inputs: RolloutInputs, observed: Observed): RolloutInputs {
  const stopped = observed.members.filter(({ agent }) => agent.fenced).map(({ member }) => member);
  return { ...inputs, members: inputs.members.filter(({ name }) => !stopped.includes(name)) };
}

export const provider = dynamicProvider(rollout);
