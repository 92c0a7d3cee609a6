/** One step of stopping or starting a cluster. Each may be done again after an interruption. */
import { parseDocument } from 'yaml';
import { LiveError } from '../../live/errors';
import type { Context } from '../core/action';
import type { Step } from '../core/steps';
import { membersContext } from '../members/cluster';
import { leaderOf } from '../members/find';
import { allUp, waitUntil } from '../members/waiting';
import { find } from '../members/find';
import { lastLeader, setReplicas, stop, suspend } from '../members/stopped';
import { labels, memberLabels, names, podName } from '../../manifests/names';
import type { HibernateInputs, ObservedHibernation } from './plan';

type HibernateContext = Context<HibernateInputs, ObservedHibernation>;

export async function execute(step: Step, context: HibernateContext): Promise<void> {
  const { live, inputs, observed, signal } = context;
  const { namespace } = inputs;
  switch (step.kind) {
    case 'suspend':
    case 'resume':
      return await suspend(live, namespace, observed.cronJobs, step.kind === 'suspend');
    case 'stop':
      return await stopMember(step.member!, context);
    case 'stop-host':
      return await stop(live, namespace, host(context), lastLeader(observed.sets), signal);
    case 'start-host':
      return await setReplicas(live, namespace, host(context), 1, undefined);
    case 'lead':
      return await lead(step.member!, context);
    case 'start':
      return await setReplicas(live, namespace, step.member!, 1, undefined);
    case 'wait':
      return await allUp(membersContext(context));
    default:
      throw new Error(`unknown step ${step.kind}`);
  }
}

async function stopMember(member: string, context: HibernateContext): Promise<void> {
  const { live, inputs, observed, signal } = context;
  const others = observed.members.filter((one) => one.member !== member);
  if (member === observed.leader && others.length > 0)
    throw new LiveError(
      'Other',
      `${member} leads and ${others.map((one) => one.member).join(', ')} still ${others.length > 1 ? 'run' : 'runs'}, so it would hand over. Run this again.`,
    );
  await stop(live, inputs.namespace, member, observed.leader ?? lastLeader(observed.sets), signal);
}

/**
 * Patroni has given the lock back when it stopped. With it in its old holder's hand, that one goes on at once, alone,
 * also where commits are synchronous and it would else have to hear the others first (foundation/kept.ts).
 */
async function lead(member: string, context: HibernateContext): Promise<void> {
  const { live, inputs, observed } = context;
  const { namespace, cluster } = inputs;
  if (observed.leader === undefined) {
    const name = names.primaryService(cluster);
    await live.patch('Endpoints', namespace, name, {
      metadata: {
        labels: { [labels.cluster]: cluster, ...memberLabels(cluster) },
        annotations: { leader: podName(member) },
      },
    });
  }
  await takeUpSettings(context);
  await setReplicas(live, namespace, member, 1, undefined);
  await waitUntil(membersContext(context), `${member} leads`, (now) => {
    const leader = leaderOf(now);
    // A replica that somebody has started by hand may have been quicker; then that one leads.
    return leader?.role === 'primary' && leader.ready && find(now, member) !== undefined;
  });
}

/**
 * Settings that have changed while the cluster slept. The agent tells Patroni of them once somebody leads; those that take
 * a restart would then wait for one.
 */
async function takeUpSettings({ live, inputs }: HibernateContext): Promise<void> {
  const { namespace, cluster } = inputs;
  const settings = await live.get('ConfigMap', namespace, names.configMap(cluster));
  const wanted = parseDocument(settings?.data?.['dcs.yaml'] ?? '');
  const config: unknown = wanted.toJS();
  // Edited by hand into something else: the agent says so, and Patroni goes on with what it has.
  if (wanted.errors.length > 0 || typeof config !== 'object' || config === null) return;
  await live.patch('Endpoints', namespace, names.dcsServices(cluster)[0]!, {
    metadata: { annotations: { config: JSON.stringify(config) } },
  });
}

function host({ observed }: HibernateContext): string {
  return observed.repositoryHost!.metadata.name;
}
