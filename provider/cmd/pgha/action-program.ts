/** The commands that change a running cluster, on the command line. */
import type { Command } from 'commander' with { 'resolution-mode': 'import' };
import { backup } from '../../actions/backup/provider';
import { fence } from '../../actions/fence/provider';
import { maintenance } from '../../actions/maintenance/provider';
import { reinitialize } from '../../actions/reinitialize/provider';
import { restart } from '../../actions/restart/provider';
import { switchover } from '../../actions/switchover/provider';
import { act, showEvents, type ActionOptions } from './action-commands';
import type { Output } from './commands';
import type { CommonOptions } from './context';

interface Registration {
  readonly program: Command;
  readonly show: Command;
  readonly output: Output;
  /** Gets what happens meanwhile. */
  readonly say: (text: string) => void;
  readonly common: (command: Command) => Command;
  readonly done: (work: Promise<number>) => Promise<void>;
}

export function addActions({ program, show, output, say, common, done }: Registration): void {
  const action = (name: string, description: string) =>
    common(program.command(name))
      .argument('<cluster>', 'name of the cluster')
      .option('-y, --yes', 'perform the plan without asking')
      .option('--query', 'only show what would be done')
      .option('--trigger <text>', 'name of the run: the same one again goes on with an interrupted run')
      .description(description);

  action('restart', 'restart PostgreSQL of members: replicas first, then a switchover')
    .option('--target <member...>', 'only these members')
    .option('--pending', 'only those that wait for a restart')
    .option('--rolling', 'hand over before the primary restarts (the default)')
    .option('--in-place', 'the primary restarts where it is: writes wait until it is back')
    .action((cluster: string, options: ActionOptions & RestartOptions) =>
      done(
        act(
          output,
          say,
          restart,
          cluster,
          {
            ...(options.target ? { members: options.target } : {}),
            ...(options.pending ? { pending: true } : {}),
            ...(options.inPlace ? { inPlace: true } : {}),
          },
          options,
        ),
      ),
    );

  action('switchover', 'hand the leadership over to another member')
    .option('--target <member>', 'the member that shall lead (default: the best one)')
    .action((cluster: string, options: ActionOptions & { target?: string }) =>
      done(act(output, say, switchover, cluster, options.target ? { to: options.target } : {}, options)),
    );

  action('reinit', 'remove the data of a replica and copy them anew')
    .argument('<member>', 'the replica')
    .action((cluster: string, member: string, options: ActionOptions) =>
      done(act(output, say, reinitialize, cluster, { member }, options)),
    );

  for (const fenced of [true, false])
    action(
      fenced ? 'fence' : 'unfence',
      fenced
        ? 'stop PostgreSQL of members and keep it stopped; pod and volume stay'
        : 'let fenced members run again',
    )
      .argument('<member...>', 'the members')
      .action((cluster: string, members: string[], options: ActionOptions) =>
        done(act(output, say, fence, cluster, { members, fenced }, options)),
      );

  for (const paused of [true, false])
    action(paused ? 'pause' : 'resume', `${paused ? 'pause' : 'resume'} automatic failover`).action(
      (cluster: string, options: ActionOptions) =>
        done(act(output, say, maintenance, cluster, { paused }, options)),
    );

  common(show.command('events'))
    .argument('<cluster>', 'name of the cluster')
    .description('what was done to a cluster, by whom and when')
    .action((cluster: string, options: CommonOptions) => done(showEvents(output, cluster, options)));
}

interface RestartOptions {
  readonly target?: string[];
  readonly pending?: boolean;
  readonly inPlace?: boolean;
}

/** Takes nothing away and interrupts nobody: it is not asked for. */
export async function takeBackup(
  output: Output,
  say: (text: string) => void,
  cluster: string,
  wanted: { readonly type: string; readonly repository: number },
  options: ActionOptions,
): Promise<number> {
  return await act(output, say, backup, cluster, wanted, options, false);
}
