/** One step of a rollout. Each returns when its effect is there, and may be done again after an interruption. */
import { createHash } from 'node:crypto';
import { LiveError } from '../../live/errors';
import type { MemberState } from '../../live/patroni';
import { annotations, names, podName } from '../../manifests/names';
import { stable } from '../../manifests/fingerprint';
import type { Step } from '../core/steps';
import type { Context } from '../core/action';
import { othersUp } from '../members/down';
import { find } from '../members/find';
import { restartInPlace } from '../members/pooler';
import { restoredLine } from '../members/restoring';
import { switchover } from '../members/switchover';
import { isUp } from '../members/up';
import { leaderOf } from '../members/find';
import { refusedSettings, waitUntil } from '../members/waiting';
import type { MemberInput, RolloutInputs } from './inputs';
import { letGo, welcome } from './let-go';
import { needOf } from './need';
import type { Observed } from './observe';

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
      await welcome(context);
      return await ready(context);
    case 'leave':
      return await letGo(step.member!, context);
    case 'deleteVolume':
      await context.live.delete('PersistentVolumeClaim', context.inputs.namespace, volumeOf(step));
      return;
    case 'pending':
    case 'asleep':
      return;
    default:
      throw new Error(`unknown step ${step.kind}`);
  }
}

/** Kubernetes keeps a claim as long as a pod uses it: it goes with the member's pod. */
function volumeOf({ text }: Step): string {
  return text.slice(text.lastIndexOf(' ') + 1);
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
  const { name } = wanted;
  await othersUp(name, context);
  // The settings go from the ConfigMap through the leader's agent to Patroni, which restarts with what it knows.
  const settings = await settingsHash(context);
  const known = await waitUntil(context, `the new settings known to ${name}`, (observed) => {
    const pod = find(observed, name);
    const reached = leaderOf(observed)?.agent.config === settings.config;
    return reached && pod !== undefined && (pod.agent.pendingRestart?.length ?? 0) > 0;
  });
  await restartInPlace(context, name, known.leader);
  await waitUntil(context, `${name} running with the new settings`, (observed) => {
    const pod = find(observed, name);
    return isUp(pod, observed.leader) && hasRestarted(pod!, wanted, context);
  });
}

/**
 * Its PostgreSQL needs no restart any more, and was asked: while it starts, the agent publishes no settings, and
 * a plan that is made then would miss what is to be taken back.
 */
function hasRestarted(pod: MemberState, wanted: MemberInput, { inputs, previous }: RolloutContext): boolean {
  return pod.agent.running !== undefined && needOf(pod, wanted, inputs, previous)?.kind !== 'restart';
}

/** A restart that the old primary needed, it has had by the way. */
async function handOver(from: string, context: RolloutContext): Promise<void> {
  const wanted = context.inputs.members.find(({ name }) => name === from);
  await switchover(from, context, {
    settled: (old) => wanted === undefined || hasRestarted(old, wanted, context),
  });
}

async function ready(context: RolloutContext): Promise<void> {
  const settings = await settingsHash(context);
  const archives = context.inputs.repositories ?? [];
  const what = `all members ready, a synchronous replica where there is to be one, with settings and databases taken up${archives.length > 0 ? ', and WAL in every repository' : ''}`;
  const last = await waitUntil(context, what, (observed) => {
    const leader = leaderOf(observed);
    const all = context.inputs.members.every(({ name }) => isUp(find(observed, name), observed.leader));
    return (
      all &&
      leader?.role === 'primary' &&
      standsBy(observed, context) &&
      leader.agent.config === settings.config &&
      leader.agent.databases === settings.databases &&
      refusedSettings(observed, context.inputs).length === 0 &&
      archives.every((number) => leader.agent.archive?.[number] === 'ok')
    );
  });
  const restored = leaderOf(last)?.agent.restore;
  if (context.previous || restored?.phase !== 'done' || restored.ended === undefined) return;
  if (restored.short)
    context.progress.warn(
      `${restoredLine(restored)}, although the repository had WAL up to ${restored.end}: what is behind is not in this cluster. See the log of its first member.`,
    );
  else context.progress.say(restoredLine(restored));
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
