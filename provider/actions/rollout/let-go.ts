/**
 * A member that leaves is no longer waited for by commits, and takes nothing over. Its own agent tells its Patroni so
 * (tags nosync and nofailover, config/scripts/patroni_config.py) when it is listed in ConfigMap NAME-config.
 */
import { LiveError } from '../../live/errors';
import { names } from '../../manifests/names';
import type { Context } from '../core/action';
import { find } from '../members/find';
import { listedMembers, listText } from '../members/listed';
import { isUp } from '../members/up';
import { waitUntil } from '../members/waiting';
import type { RolloutInputs } from './inputs';
import type { Observed } from './observe';

type RolloutContext = Context<RolloutInputs, Observed>;

export async function letGo(member: string, context: RolloutContext): Promise<void> {
  const { inputs, observed } = context;
  if (observed.leader === member)
    throw new LiveError(
      'Other',
      `${member} leads again, so it can't go. Run \`pulumi up\` again: it hands over first.`,
    );
  await list(context, (before) => [...new Set([...before, member])]);
  if (inputs.synchronous.mode === 'async') return;
  await waitUntil(
    context,
    `${member} out of the synchronous standbys`,
    // One that is down is taken out by Patroni itself, and its agent can't say anything.
    (now) => !now.synchronous.includes(member) || !isUp(find(now, member), now.leader),
  );
}

/** Members that came back are counted on again. */
export async function welcome(context: RolloutContext): Promise<void> {
  const stay = new Set(context.inputs.members.map(({ name }) => name));
  await list(context, (before) => before.filter((name) => !stay.has(name)));
}

async function list({ live, inputs }: RolloutContext, change: (before: string[]) => string[]): Promise<void> {
  const { namespace, cluster } = inputs;
  const name = names.configMap(cluster);
  const before = listedMembers(await live.get('ConfigMap', namespace, name), 'leaving.json');
  const text = listText(change(before));
  if (text === listText(before)) return;
  await live.patch('ConfigMap', namespace, name, { data: { 'leaving.json': text } });
}
