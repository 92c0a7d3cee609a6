/** The command line of `pgha`: what can be asked, and how its help reads. */
import { addActions } from './action-program';
import * as backups from './backup-commands';
import * as commands from './commands';
import { CommandError, type CommonOptions } from './context';
import * as scales from './scale-commands';

const about = `Look at and talk to PostgreSQL clusters made by pulumi-postgres-ha.

There is no server of its own to install: it needs the right to get and list pods, services,
endpoints and statefulsets; test and psql also pods/exec, show user also secrets. What changes
a cluster shows its plan and asks first; docs/actions.md names the rights it needs.
The cluster is found as kubectl finds it: --kubeconfig, $KUBECONFIG or ~/.kube/config.`;

const examples = `
Examples:
  pgha test hippo -n postgres            is everything up? (exit code 1 if not)
  pgha status hippo                      members, lag, pending restarts, certificates
  pgha psql hippo                        a psql prompt on the primary
  pgha psql hippo -c 'select 1'          one statement
  pgha show user hippo                   users and their passwords
  pgha restart hippo --pending           restart the members that wait for it, safely
  pgha show events hippo                 what was done, by whom and when
  pgha test --all -o json | jq .         for scripts

Exit codes: 0 all is well, 1 something is down or failed, 2 the command line is wrong.`;

/** Runs one command line (without the program's name) and gives the exit code. */
export async function run(
  arguments_: readonly string[],
  output: commands.Output,
  errors: (text: string) => void,
): Promise<number> {
  const { Command, CommanderError, Option } = await import('commander');
  let code = 0;
  const done = async (work: Promise<number>): Promise<void> => {
    code = await work;
  };
  const common = (command: InstanceType<typeof Command>, withOutput = true): InstanceType<typeof Command> => {
    command
      .option('-n, --namespace <name>', 'namespace (default: $PGHA_NAMESPACE, else the one of the context)')
      .option('--kubeconfig <path>', 'kubeconfig file (default: as kubectl)')
      .option('--context <name>', 'context of the kubeconfig (default: its current one)');
    if (withOutput)
      command.addOption(
        new Option('-o, --output <form>', 'text or json').choices(['text', 'json']).default('text'),
      );
    return command;
  };
  const program = new Command('pgha')
    .description(about)
    .addHelpText('after', examples)
    .version(commands.ownVersion(), '-V, --version', 'print the version of pgha')
    .exitOverride()
    .showHelpAfterError('(see pgha --help)')
    .configureOutput({ writeOut: (text) => output.write(text), writeErr: errors });

  common(program.command('test'))
    .argument('[cluster...]', 'names of clusters')
    .option('--all', 'every cluster of the namespace')
    .description('test that Services have endpoints and every member answers a query')
    .action((given: string[], options: CommonOptions & commands.Several) =>
      done(commands.test(output, given, options)),
    );

  common(program.command('status'))
    .argument('[cluster...]', 'names of clusters')
    .option('--all', 'every cluster of the namespace')
    .description('members with role, state, timeline, lag, node, pending restart, versions and certificates')
    .action((given: string[], options: CommonOptions & commands.Several) =>
      done(commands.status(output, given, options)),
    );

  const show = program.command('show').description('show what belongs to a cluster');
  common(show.command('user'))
    .argument('[cluster...]', 'names of clusters')
    .option('--all', 'every cluster of the namespace')
    .option('--show-system-accounts', 'also the superuser postgres')
    .description('users with their passwords; needs the right to read Secrets')
    .action((given: string[], options: commands.ShowUserOptions) =>
      done(commands.showUser(output, given, options)),
    );

  common(show.command('backup'))
    .argument('<cluster>', 'name of the cluster')
    .description(
      'backups of each repository, from when on it can be restored, and whether they were proved (exit code 1 if that failed); needs get on ConfigMaps',
    )
    .action((cluster: string, options: CommonOptions) => done(backups.showBackup(output, cluster, options)));

  addActions({ program, show, output, say: errors, common, done });

  common(program.command('scaledown'))
    .argument('<cluster>', 'name of the cluster')
    .option('--query', 'list the members, and for each whether it may be removed')
    .option('--target <member>', 'what to write in the program so that this member goes')
    .description('which member may be removed, and how; needs list on pods and endpoints')
    .action((cluster: string, options: scales.ScaleDownOptions) =>
      done(scales.scaleDown(output, cluster, options)),
    );

  common(program.command('scale'))
    .argument('<cluster>', 'name of the cluster')
    .requiredOption('--replicas <number>', 'wanted number of replicas')
    .description('what to write in the program for this number of replicas, and who comes and goes')
    .action((cluster: string, options: scales.ScaleOptions) => done(scales.scale(output, cluster, options)));

  common(program.command('psql'), false)
    .argument('<cluster>', 'name of the cluster')
    .argument('[psql-arguments...]', 'further arguments of psql, after --')
    .option('-d, --dbname <name>', 'database', 'postgres')
    .option('-c, --command <sql>', 'run this and end')
    .option('--replica', 'on a replica instead of the primary')
    .option('--member <name>', 'on this member, for example hippo-2')
    .description('psql as the superuser in the pod of the primary')
    .action((cluster: string, more: string[], options: CommonOptions & Parameters<typeof commands.psql>[2]) =>
      done(commands.psql(cluster, more, options)),
    );

  common(program.command('version'))
    .option('--client', 'only the version of pgha, without asking the cluster')
    .description('versions of pgha and of Kubernetes')
    .action((options: CommonOptions & { client?: boolean }) => done(commands.version(output, options)));

  try {
    await program.parseAsync([...arguments_], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // Whatever went wrong with kubeconfig, credentials or the network: one line, no stack.
    errors(`pgha: ${error instanceof Error ? error.message : String(error)}\n`);
    if (process.env['PGHA_DEBUG'] && error instanceof Error) errors(`${error.stack}\n`);
    return error instanceof CommandError ? error.code : 1;
  }
}
