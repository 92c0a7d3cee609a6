/** The dynamic provider of `Fence`. Its path is in the state of every stack: it must stay. */
import { LiveError } from '../../live/errors';
import { names } from '../../manifests/names';
import type { Action, Context } from '../core/action';
import { dynamicProvider } from '../core/provider';
import type { Step } from '../core/steps';
import { membersContext, onMembers, type ObservedCluster } from '../members/cluster';
import { othersUp } from '../members/down';
import { listedMembers, listText } from '../members/listed';
import { find } from '../members/find';
import { switchover } from '../members/switchover';
import { isUp } from '../members/up';
import { waitUntil } from '../members/waiting';
import { plan, refuse, refuseObserved, type FenceInputs } from './plan';

type FenceContext = Context<FenceInputs, ObservedCluster>;

async function execute(step: Step, context: FenceContext): Promise<void> {
  const name = step.member!;
  if (step.kind === 'switchover') {
    // None of those that are to be fenced may win.
    await switchover(name, membersContext(context, context.inputs.members));
    return;
  }
  const members = membersContext(context, step.kind === 'fence' ? context.inputs.members : []);
  await context.remember(name, 'begun');
  if (step.kind === 'fence') {
    if (context.observed.leader === name)
      throw new LiveError('Other', `${name} leads now. Run it again: it hands over first.`);
    await othersUp(name, members);
    await write(context, (fenced) => [...new Set([...fenced, name])]);
    await waitUntil(members, `${name} stopped`, (observed) => find(observed, name)?.agent.fenced === true);
    return;
  }
  await write(context, (fenced) => fenced.filter((one) => one !== name));
  await waitUntil(members, `${name} streaming again`, (observed) => {
    const state = find(observed, name);
    return state?.agent.fenced !== true && isUp(state, observed.leader);
  });
}

/** The agents watch this ConfigMap; a pod that starts anew reads it before anything else. */
async function write(
  { live, inputs: { namespace, cluster } }: FenceContext,
  change: (fenced: readonly string[]) => readonly string[],
): Promise<void> {
  const name = names.configMap(cluster);
  const settings = await live.get('ConfigMap', namespace, name);
  const text = listText(change(listedMembers(settings, 'fenced.json')));
  await live.patch('ConfigMap', namespace, name, { data: { 'fenced.json': text } });
}

export const fence: Action<FenceInputs, ObservedCluster> = {
  ...onMembers,
  kind: 'Fence',
  refuse,
  refuseObserved,
  plan,
  execute,
};

export const provider = dynamicProvider(fence);
