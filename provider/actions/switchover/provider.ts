/** The dynamic provider of `Switchover`. Its path is in the state of every stack: it must stay. */
import type { Action, Context } from '../core/action';
import { dynamicProvider } from '../core/provider';
import type { Step } from '../core/steps';
import { membersContext, onMembers, type ObservedCluster } from '../members/cluster';
import { othersUp } from '../members/down';
import { switchover as handOver } from '../members/switchover';
import { allUp } from '../members/waiting';
import { begun, plan, refuseObserved, type SwitchoverInputs } from './plan';

async function execute(step: Step, context: Context<SwitchoverInputs, ObservedCluster>): Promise<void> {
  const members = membersContext(context);
  if (step.kind === 'wait') return await allUp(members);
  await othersUp(step.member!, members);
  await context.remember(begun, step.member!);
  await handOver(step.member!, members, { to: context.inputs.to });
}

export const switchover: Action<SwitchoverInputs, ObservedCluster> = {
  ...onMembers,
  kind: 'Switchover',
  refuseObserved,
  plan,
  execute,
};

export const provider = dynamicProvider(switchover);
