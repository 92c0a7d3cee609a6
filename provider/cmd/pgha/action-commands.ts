/** Commands that change a running cluster: the same plans and steps as those of Pulumi's resources, shown, asked for, performed and recorded. */
import { createInterface } from 'node:readline/promises';
import { ClusterAbsent } from '../../actions/core/absent';
import type { Action } from '../../actions/core/action';
import { readJournal } from '../../actions/core/journal';
import { perform } from '../../actions/core/perform';
import { render } from '../../actions/core/plan';
import type { Progress } from '../../actions/core/progress';
import { planned, stepLines, type Planned } from '../../actions/core/run';
import type { ActionInputs } from '../../actions/members/cluster';
import type { ExitCode, Output } from './commands';
import { CommandError, Context, type CommonOptions } from './context';
import { eventsText } from './events-report';

export interface ActionOptions extends CommonOptions {
  /** Perform it without asking. */
  readonly yes?: boolean;
  /** Only show the plan. */
  readonly query?: boolean;
  /** Name of the run, to go on with an interrupted one. */
  readonly trigger?: string;
}

/** Shows the plan, asks, and performs it. `say` gets what happens meanwhile. */
export async function act<I extends ActionInputs, O>(
  output: Output,
  say: (text: string) => void,
  action: Action<I, O>,
  cluster: string,
  wanted: Omit<I, keyof ActionInputs>,
  options: ActionOptions,
  asks = true,
): Promise<ExitCode> {
  const { live, namespace } = await Context.open(options);
  const trigger = options.trigger ?? `pgha ${new Date().toISOString()}`;
  const inputs = { ...wanted, cluster, namespace, trigger } as unknown as I;
  refuse(cluster, action.refuse(inputs, undefined));
  const found = await planned(action, live, inputs, undefined).catch((error: unknown) => {
    throw error instanceof ClusterAbsent
      ? new CommandError(`there is no cluster ${cluster} in namespace ${namespace}`)
      : error;
  });
  output.write(shown(action.kind, cluster, found, options));
  if (found.done) return 0;
  refuse(cluster, found.refusals);
  if (options.query || found.steps.length === 0) return 0;
  if (asks && !options.yes) await agreed();
  await perform({
    action,
    live,
    inputs,
    previous: undefined,
    approved: { trigger, digest: found.digest, plan: stepLines(found.plan) },
    expected: undefined,
    progress: progressTo(say),
    tool: 'pgha',
  });
  output.write(options.output === 'json' ? '' : 'done\n');
  return 0;
}

function shown(kind: string, cluster: string, found: Planned, { output }: ActionOptions): string {
  const { plan, digest, refusals, done } = found;
  return output === 'json'
    ? `${JSON.stringify({ kind, cluster, digest, plan, refusals, ...(done ? { done } : {}) }, null, 2)}\n`
    : `${render(kind, cluster, digest, plan)}\n`;
}

function refuse(cluster: string, refusals: readonly { property: string; reason: string }[]): void {
  if (refusals.length === 0) return;
  const reasons = refusals.map(({ property, reason }) => `${property}: ${reason}`);
  throw new CommandError(`refused; nothing was done to ${cluster}.\n${reasons.join('\n')}`);
}

/** Only "yes" is one. */
async function agreed(): Promise<void> {
  if (process.stdin.isTTY !== true)
    throw new CommandError(
      'there is no terminal to ask on, so nothing was done. Give --yes to perform this plan.',
      2,
    );
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question('Perform this plan? Only "yes" is accepted: ');
    if (answer.trim() !== 'yes') throw new CommandError('nothing was done');
  } finally {
    prompt.close();
  }
}

function progressTo(say: (text: string) => void): Progress {
  let last = '';
  const once = (text: string) => {
    if (text !== last) say(`${text}\n`);
    last = text;
  };
  return { say: once, warn: once, show: once };
}

export async function showEvents(output: Output, cluster: string, options: CommonOptions): Promise<ExitCode> {
  const { live, namespace } = await Context.open(options);
  const entries = await readJournal(live, namespace, cluster);
  output.write(
    options.output === 'json' ? `${JSON.stringify(entries, null, 2)}\n` : eventsText(cluster, entries),
  );
  return 0;
}
