/**
 * `pgha scale` and `pgha scaledown`. How many members there are is written in the program, and StatefulSets are
 * Pulumi's: the command says what may be done, and what to write; docs/decisions/scale-in-the-program.md.
 */
import { readMembers } from '../../actions/get-members/get-members';
import { argumentsFor, report, type Member } from '../../actions/get-members/report';
import { maximumReplicas } from '../../cluster/defaults';
import { memberNames, podName } from '../../manifests/names';
import { columns } from './columns';
import type { ExitCode, Output } from './commands';
import { CommandError, Context, type CommonOptions } from './context';
import { lagText } from './render';

export interface ScaleOptions extends CommonOptions {
  readonly replicas: string;
}

export interface ScaleDownOptions extends CommonOptions {
  readonly query?: boolean;
  readonly target?: string;
}

export async function scaleDown(
  output: Output,
  cluster: string,
  options: ScaleDownOptions,
): Promise<ExitCode> {
  if (Boolean(options.query) === (options.target !== undefined))
    throw new CommandError('give either --query, or --target MEMBER', 2);
  const members = (await read(cluster, options))([]);
  if (options.target === undefined) {
    output.write(options.output === 'json' ? `${JSON.stringify(members, null, 2)}\n` : membersText(members));
    return 0;
  }
  const target = members.find(({ name }) => name === options.target);
  if (!target)
    throw new CommandError(
      `${options.target} is not a member of ${cluster}. Members: ${members.map(({ name }) => name).join(', ')}.`,
    );
  if (!target.removable) throw new CommandError(`${target.name} may not be removed: ${target.reason}.`);
  const left = members.map(({ name }) => name).filter((name) => name !== target.name);
  const change = argumentsFor(cluster, left);
  if (options.output === 'json') output.write(`${JSON.stringify({ target, ...change }, null, 2)}\n`);
  else
    output.write(`${target.name} may be removed (${target.reason}).\n${instruction(cluster, change, left)}`);
  return 0;
}

export async function scale(output: Output, cluster: string, options: ScaleOptions): Promise<ExitCode> {
  const replicas = Number(options.replicas);
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > maximumReplicas)
    throw new CommandError(`--replicas is ${options.replicas}; allowed are 0 to ${maximumReplicas}`, 2);
  const without = await read(cluster, options);
  const members = without([]);
  const now = members.map(({ name }) => name);
  const { remove } = argumentsFor(cluster, now);
  const wanted = memberNames(cluster, replicas, remove);
  const [come, go] = [
    wanted.filter((name) => !now.includes(name)),
    now.filter((name) => !wanted.includes(name)),
  ];
  // One after another, who leads last: two that may go may not both.
  const order = [...go].sort((a, b) => Number(leads(members, a)) - Number(leads(members, b)));
  for (const [index, name] of order.entries()) {
    const one = without(order.slice(0, index)).find((each) => each.name === name);
    if (one && !one.removable) throw new CommandError(`${name} may not be removed: ${one.reason}.`);
  }
  const change = argumentsFor(cluster, wanted);
  if (options.output === 'json') {
    output.write(`${JSON.stringify({ come, go, ...change }, null, 2)}\n`);
    return 0;
  }
  const lines = [
    ...come.map((name) => `${name} comes; it copies the data from a member or a repository`),
    ...members.filter(({ name }) => go.includes(name)).map(({ name, reason }) => `${name} goes (${reason})`),
  ];
  if (lines.length === 0) output.write(`${cluster} has ${replicas} replicas already: ${now.join(', ')}.\n`);
  else output.write(`${lines.join('\n')}\n${instruction(cluster, change, wanted)}`);
  return 0;
}

function leads(members: readonly Member[], member: string): boolean {
  return members.some(({ name, role }) => name === member && role === 'primary');
}

/** The members, as if some of them were gone. */
async function read(cluster: string, options: CommonOptions): Promise<(gone: readonly string[]) => Member[]> {
  const { live, namespace } = await Context.open(options);
  const { pods, endpoints } = await readMembers(live, namespace, cluster);
  return (gone) => {
    const left = pods.filter(({ metadata }) => !gone.some((name) => podName(name) === metadata.name));
    return report(cluster, left, endpoints);
  };
}

function instruction(
  cluster: string,
  { replicas, remove }: { replicas: number; remove: readonly string[] },
  members: readonly string[],
): string {
  const list = remove.map((name) => `'${name}'`).join(', ');
  return [
    '',
    `Nothing was done: the members of ${cluster} are declared in its program. Write there`,
    '',
    `    replicas: ${replicas},`,
    ...(remove.length > 0 ? [`    remove: [${list}],`] : []),
    '',
    `which is ${members.join(', ')}, and run \`pulumi up\`: its preview shows the plan, and it is performed in a safe order.`,
    '',
  ].join('\n');
}

/** In the form of `pgo scaledown --query`, and with whether each may go. */
export function membersText(members: readonly Member[]): string {
  const head = ['INSTANCE', 'ROLE', 'STATUS', 'NODE', 'REPLICATION LAG', 'PENDING RESTART', 'MAY BE REMOVED'];
  const rows = members.map((one) => [
    one.name,
    one.role,
    one.status,
    one.node ?? '-',
    lagText(one.lagBytes),
    one.pendingRestart.join(', ') || 'no',
    `${one.removable ? 'yes' : 'no'}: ${one.reason}`,
  ]);
  return `${columns([head, ...rows])}\n`;
}
