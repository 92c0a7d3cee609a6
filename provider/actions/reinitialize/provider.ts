/** The dynamic provider of `Reinitialize`. Its path is in the state of every stack: it must stay. */
import { patroniPost } from '../../live/patroni-rest';
import { podName } from '../../manifests/names';
import type { Action, Context } from '../core/action';
import { dynamicProvider } from '../core/provider';
import type { Step } from '../core/steps';
import { membersContext, onMembers, type ObservedCluster } from '../members/cluster';
import { othersUp } from '../members/down';
import { find } from '../members/find';
import { startOf, startedAnew } from '../members/restarted';
import { plan, refuseObserved, type ReinitializeInputs } from './plan';

async function execute(step: Step, context: Context<ReinitializeInputs, ObservedCluster>): Promise<void> {
  const name = step.member!;
  const members = membersContext(context);
  const before = context.remembered(name);
  const copying = find(context.observed, name)?.state === 'creating replica';
  const now = await startOf(members, name);
  // An interrupted run may have begun it: what has started anew, or is at it, is not made anew once more.
  if (before !== undefined && (copying || now !== before)) return await startedAnew(members, name, before);
  await othersUp(name, members);
  await context.remember(name, now);
  await patroniPost(
    context.live,
    context.inputs.namespace,
    podName(name),
    '/reinitialize',
    { force: true },
    60,
  );
  await startedAnew(members, name, now);
}

export const reinitialize: Action<ReinitializeInputs, ObservedCluster> = {
  ...onMembers,
  kind: 'Reinitialize',
  refuseObserved,
  plan,
  execute,
};

export const provider = dynamicProvider(reinitialize);
