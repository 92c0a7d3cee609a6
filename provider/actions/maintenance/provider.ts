/** The dynamic provider of `Maintenance`. Its path is in the state of every stack: it must stay. */
import { LiveError } from '../../live/errors';
import { patroniPatch } from '../../live/patroni-rest';
import { podName } from '../../manifests/names';
import type { Action, Context } from '../core/action';
import { dynamicProvider } from '../core/provider';
import type { Step } from '../core/steps';
import { membersContext, onMembers, type ObservedCluster } from '../members/cluster';
import { find } from '../members/find';
import { waitUntil } from '../members/waiting';
import { plan, type MaintenanceInputs } from './plan';

async function execute(step: Step, context: Context<MaintenanceInputs, ObservedCluster>): Promise<void> {
  const { live, inputs, observed } = context;
  const pause = step.kind === 'pause';
  // Every Patroni can write the settings; the leader's need not be the one that answers.
  const running = observed.members.filter(({ state }) => state === 'running').map(({ member }) => member);
  const through = running.find((member) => member === observed.leader) ?? running[0];
  if (through === undefined)
    throw new LiveError('Other', 'no member runs, so there is no Patroni to ask. See pgha status.');
  await patroniPatch(live, inputs.namespace, podName(through), '/config', { pause: pause ? true : null }, 30);
  // As `patronictl pause --wait`: each member says in its own record whether it has taken it up.
  const members = membersContext(context);
  await waitUntil(members, `${running.join(', ')} ${pause ? 'paused' : 'resumed'}`, (now) =>
    running.every((name) => (find(now, name)?.paused ?? false) === pause),
  );
}

export const maintenance: Action<MaintenanceInputs, ObservedCluster> = {
  ...onMembers,
  kind: 'Maintenance',
  plan,
  execute,
};

export const provider = dynamicProvider(maintenance);
