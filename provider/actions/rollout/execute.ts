/** One step of a rollout. Each returns when its effect is there, and may be done again after an interruption. */
import { createHash } from 'node:crypto';
import { LiveError } from '../../live/errors';
import type { MemberState } from '../../live/patroni';
import { patroniPost } from '../../live/patroni-rest';
import { annotations, names, podName } from '../../manifests/names';
import { stable } from '../../manifests/fingerprint';
import type { Step } from '../core/steps';
import type { Context } from '../core/action';
import { othersUp } from '../members/down';
import { find } from '../members/find';
import type { Observed } from '../members/observe';
import { switchover } from '../members/switchover';
import { isUp } from '../members/up';
import { leaderOf, waitUntil } from '../members/waiting';
import type { MemberInput, RolloutInputs } from './inputs';
import { needOf } from './plan';

type RolloutContext = Context<RolloutInputs, Observed>;

export async function execute(step: Step, context: RolloutContext): Promise<void> {
  switch (step.kind) {
    case 'replace':
      return await replace(wantedMember(step, context), context);
    case 'restart':
      return await restart(wantedMember(step, context), context);
    case 'switchover':
      return await handOver(step.member!, context);
    case 'wait':
      return await ready(context);
    default:
      throw new Error(`unknown step ${step.kind}`);
  }
}

function wantedMember(step: Step, { inputs }: RolloutContext): MemberInput {
  const wanted = inputs.members.find(({ name }) => name === step.member);
  if (!wanted) throw new Error(`${step.member} is not a member of ${inputs.cluster}`);
  return wanted;
}

async function replace(wanted: MemberInput, context: RolloutContext): Promise<void> {
  const { live, inputs } = context;
  const { namespace } = inputs;
  const { name } = wanted;
  const set = await live.get('StatefulSet', namespace, name);
  const template = set?.spec?.template?.metadata?.annotations?.[annotations.fingerprint];
  if (!template || stable(JSON.parse(template)) !== stable(wanted.fingerprint))
    throw new LiveError(
      'Other',
      `the StatefulSet ${name} is not as wanted, so a new pod would be no better. Run \`pulumi up\` without --target, or \`pulumi refresh\` if somebody else changed it.`,
    );
  await othersUp(name, context);
  const isNew = (pod: MemberState | undefined) =>
    pod !== undefined && !pod.deleting && stable(pod.fingerprint) === stable(wanted.fingerprint);
  let killed = '';
  const led = context.observed.leader !== undefined;
  await waitUntil(context, `${name} with its new pod ${led ? 'up' : 'there'}`, async (observed) => {
    const pod = find(observed, name);
    // Once for each pod of the old kind: the controller may not have seen the new template when it made the next.
    if (pod && !isNew(pod) && !pod.deleting && pod.uid !== killed) {
      killed = pod.uid;
      await live.delete('Pod', namespace, podName(name), { uid: pod.uid });
      return false;
    }
    return isNew(pod) && (!led || isUp(pod, observed.leader));
  });
}

async function restart(wanted: MemberInput, context: RolloutContext): Promise<void> {
  const { live, inputs, previous } = context;
  const { name } = wanted;
  await othersUp(name, context);
  // The settings go from the ConfigMap through the leader's agent to Patroni, which restarts with what it knows.
  const settings = await settingsHash(context);
  await waitUntil(context, `the new settings known to ${name}`, (observed) => {
    const pod = find(observed, name);
    const reached = leaderOf(observed)?.agent.config === settings.config;
    return reached && pod !== undefined && (pod.agent.pendingRestart?.length ?? 0) > 0;
  });
  await patroniPost(live, inputs.namespace, podName(name), '/restart', {}, 300);
  await waitUntil(context, `${name} running with the new settings`, (observed) => {
    const pod = find(observed, name);
    return isUp(pod, observed.leader) && needOf(pod!, wanted, inputs, previous)?.kind !== 'restart';
  });
}

/** A restart that the old primary needed, it has had by the way. */
async function handOver(from: string, context: RolloutContext): Promise<void> {
  const { inputs, previous } = context;
  const wanted = inputs.members.find(({ name }) => name === from);
  await switchover(from, context, {
    settled: (old) => wanted === undefined || needOf(old, wanted, inputs, previous)?.kind !== 'restart',
  });
}

async function ready(context: RolloutContext): Promise<void> {
  const settings = await settingsHash(context);
  const archives = context.inputs.repositories ?? [];
  const what = `all members ready, a synchronous replica where there is to be one, with settings and databases taken up${archives.length > 0 ? ', and WAL in every repository' : ''}`;
  await waitUntil(context, what, (observed) => {
    const leader = leaderOf(observed);
    const all = context.inputs.members.every(({ name }) => isUp(find(observed, name), observed.leader));
    return (
      all &&
      leader?.role === 'primary' &&
      standsBy(observed, context) &&
      leader.agent.config === settings.config &&
      leader.agent.databases === settings.databases &&
      archives.every((number) => leader.agent.archive?.[number] === 'ok')
    );
  });
}

/** Where commits are synchronous: until Patroni has written who is, it would promote nobody. */
function standsBy({ synchronous }: Observed, { inputs }: RolloutContext): boolean {
  return inputs.synchronous.mode === 'async' || inputs.members.length === 1 || synchronous.length > 0;
}

/** What the leader's agent is to take up: the ConfigMap as it is now, for somebody may have edited it. */
async function settingsHash({
  live,
  inputs,
}: RolloutContext): Promise<{ config: string; databases: string }> {
  const map = await live.get('ConfigMap', inputs.namespace, names.configMap(inputs.cluster));
  const sha256 = (text: string | undefined) =>
    createHash('sha256')
      .update(text ?? '')
      .digest('hex');
  return { config: sha256(map?.data?.['dcs.yaml']), databases: sha256(map?.data?.['databases.yaml']) };
}
