/** One step of a restart. */
import type { Context } from '../core/action';
import type { Step } from '../core/steps';
import { membersContext, type ObservedCluster } from '../members/cluster';
import { othersUp } from '../members/down';
import { restartInPlace } from '../members/pooler';
import { restartedSince, startOf, startedAnew } from '../members/restarted';
import { switchover } from '../members/switchover';
import { allUp } from '../members/waiting';
import { handedOver, type RestartInputs } from './plan';

export async function execute(step: Step, context: Context<RestartInputs, ObservedCluster>): Promise<void> {
  const members = membersContext(context);
  if (step.kind === 'wait') return await allUp(members);
  const name = step.member!;
  await othersUp(name, members);
  if (step.kind === 'switchover') {
    await context.remember(handedOver(name), 'begun');
    return await switchover(name, members);
  }
  const key = `restart ${name}`;
  const before = context.remembered(key);
  // An interrupted run may have restarted it already.
  if (before !== undefined && (await restartedSince(members, name, before)))
    return await startedAnew(members, name, before);
  const started = await startOf(members, name);
  await context.remember(key, started);
  await restartInPlace(members, name, context.observed.leader);
  await startedAnew(members, name, started);
}
