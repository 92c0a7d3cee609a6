/** One step of a rollout. Each returns when its effect is there, and may be done again after an interruption. */
import { createHash } from 'node:crypto';
import { LiveError } from '../../live/errors';
import { patroniPost, type MemberState } from '../../live/patroni';
import { annotations, names, podName } from '../../manifests/names';
import { stable } from '../../manifests/fingerprint';
import type { Step } from '../core/steps';
import type { MemberInput } from './inputs';
import type { Observed } from './observe';
import { isUp, needOf } from './plan';
import { leaderOf, waitUntil, type RolloutContext } from './waiting';

export async function execute(step: Step, context: RolloutContext): Promise<void> {
  switch (step.kind) {
    case 'replace':
      return await replace(wantedMember(step, context), context);
    case 'restart':
      return await restart(wantedMember(step, context), context);
    case 'switchover':
      return await switchover(step.member!, context);
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

function find(observed: Observed, name: string): MemberState | undefined {
  return observed.members.find(({ member }) => member === name);
}

/** Nobody else goes down beside a member that is down. Who is down already may be worked on at once. */
async function othersUp(name: string, context: RolloutContext): Promise<void> {
  if (!isUp(find(context.observed, name), context.observed.leader)) return;
  const others = context.inputs.members.map((one) => one.name).filter((one) => one !== name);
  await waitUntil(context, `${others.join(', ')} up, so that ${name} may go down`, (observed) =>
    others.every((one) => isUp(find(observed, one), observed.leader)),
  );
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

async function switchover(from: string, context: RolloutContext): Promise<void> {
  const { live, inputs, previous, progress } = context;
  const { namespace } = inputs;
  let candidate: string | undefined;
  const observed = await waitUntil(context, `a replica that may take over from ${from}`, (now) => {
    candidate = now.leader === from ? successor(now, from, context) : undefined;
    return now.leader !== from || candidate !== undefined;
  });
  if (observed.leader !== from) return; // somebody has already taken over
  progress.show(`switchover from ${from} to ${candidate}`);
  // A checkpoint now makes the one at shutdown short; without it the switchover works as well.
  await live
    .exec(
      namespace,
      podName(from),
      'database',
      ['psql', '-h', '/run/postgresql', '-U', 'postgres', '-Xqc', 'CHECKPOINT'],
      120_000,
    )
    .catch(() => undefined);
  await patroniPost(
    live,
    namespace,
    podName(from),
    '/switchover',
    { leader: podName(from), ...(mayChoose(observed, context) ? {} : { candidate: podName(candidate!) }) },
    120,
  );
  const wanted = inputs.members.find(({ name }) => name === from);
  let streamsSince: number | undefined;
  await waitUntil(context, `another primary than ${from}, and ${from} streaming from it`, (now) => {
    const leader = leaderOf(now);
    const old = find(now, from);
    const over = now.leader !== undefined && now.leader !== from && leader?.role === 'primary';
    if (!over || !isUp(leader, now.leader) || !isUp(old, now.leader)) return false;
    // PostgreSQL of the old primary has started anew, with new settings if there were any; its agent says so within
    // two seconds. Without waiting for that, the next plan would restart it once more.
    streamsSince ??= Date.now();
    const stale = wanted !== undefined && needOf(old!, wanted, inputs, previous)?.kind === 'restart';
    return !stale || Date.now() - streamsSince > agentMs;
  });
}

/**
 * Whether Patroni may choose the new primary: among synchronous standbys any is right. When one is named, every
 * other replica waits two seconds before it follows (patroni/ha.py, process_unhealthy_cluster), and so long no
 * commit has its quorum: measured 3.6 s instead of 1.3 s without a write. Not when a member that leaves could win.
 */
function mayChoose(observed: Observed, { inputs }: RolloutContext): boolean {
  const wanted = new Set(inputs.members.map(({ name }) => name));
  return inputs.synchronous.mode !== 'async' && observed.members.every(({ member }) => wanted.has(member));
}

/** What an agent needs at most to publish a changed state. */
const agentMs = 12_000;

/** The first wanted member that streams and, where commits are synchronous, holds them all; else the one that lags least. */
function successor(observed: Observed, from: string, { inputs }: RolloutContext): string | undefined {
  const synchronous = inputs.synchronous.mode !== 'async';
  const able = inputs.members
    .map(({ name }) => name)
    .filter(
      (name) =>
        name !== from &&
        isUp(find(observed, name), observed.leader) &&
        (!synchronous || observed.synchronous.includes(name)),
    );
  const position = (name: string) => find(observed, name)?.position ?? 0;
  const ahead = Math.max(...able.map(position));
  return able.find((name) => ahead - position(name) <= smallLag) ?? able[0];
}

/** Bytes of WAL that are sent in a moment. */
const smallLag = 1024 * 1024;

async function ready(context: RolloutContext): Promise<void> {
  const settings = await settingsHash(context);
  const archives = context.inputs.repositories ?? [];
  const what = `all members ready, with settings and databases taken up${archives.length > 0 ? ', and WAL in every repository' : ''}`;
  await waitUntil(context, what, (observed) => {
    const leader = leaderOf(observed);
    const all = context.inputs.members.every(({ name }) => isUp(find(observed, name), observed.leader));
    return (
      all &&
      leader?.role === 'primary' &&
      leader.agent.config === settings.config &&
      leader.agent.databases === settings.databases &&
      archives.every((number) => leader.agent.archive?.[number] === 'ok')
    );
  });
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
