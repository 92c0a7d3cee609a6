/** The commands that change a running cluster, on the command line. */
import type { Command } from 'commander' with { 'resolution-mode': 'import' };
import { fence } from '../../actions/fence/provider';
import { hibernate } from '../../actions/hibernate/provider';
import { maintenance } from '../../actions/maintenance/provider';
import { reinitialize } from '../../actions/reinitialize/provider';
import { restart } from '../../actions/restart/provider';
import { switchover } from '../../actions/switchover/provider';
import { act, showEvents, type ActionOptions } from './action-commands';
import { addBackup } from './backup-commands';
import type { Output } from './commands';
import type { CommonOptions } from './context';
import { addRestore } from './restore-command';

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

  for (const hibernated of [true, false])
    action(
      hibernated ? 'hibernate' : 'start',
      hibernated
        ? 'stop the whole cluster, the primary last; volumes and backups stay'
        : 'start a hibernated cluster, its last primary first',
    ).action((cluster: string, options: ActionOptions) =>
      done(act(output, say, hibernate, cluster, { hibernated }, options)),
    );

  addBackup(
    action('backup', 'take a backup now, in a Job; needs get on CronJobs, create and watch on Jobs'),
    output,
    say,
    done,
  );

  addRestore(
    action('restore', 'restore the whole cluster in place, from a backup up to a target, or undo that'),
    output,
    say,
    done,
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
