/** `pgha backup` and `pgha show backup`. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander' with { 'resolution-mode': 'import' };
import { jobFrom } from '../../actions/backup/execute';
import { backupTypes, jobArguments } from '../../actions/backup/plan';
import { backup } from '../../actions/backup/provider';
import { names } from '../../manifests/names';
import { act, type ActionOptions } from './action-commands';
import { backupText, proved, published } from './backup-report';
import type { ExitCode, Output } from './commands';
import { CommandError, Context, type CommonOptions } from './context';

interface BackupOptions extends ActionOptions {
  readonly type: string;
  readonly repository: string;
  readonly annotation?: readonly string[];
  readonly expire: boolean;
  readonly wait: boolean;
}

export async function showBackup(output: Output, cluster: string, options: CommonOptions): Promise<ExitCode> {
  const context = await Context.open(options);
  const map = await context.live.get('ConfigMap', context.namespace, names.backups(cluster));
  if (!map)
    throw new CommandError(
      `there is no ConfigMap ${names.backups(cluster)} in namespace ${context.namespace}: no such cluster, or one without repositories`,
    );
  const repositories = published(map.data);
  output.write(
    options.output === 'json'
      ? `${JSON.stringify(repositories, null, 2)}\n`
      : backupText(cluster, repositories),
  );
  return proved(repositories) ? 0 : 1;
}

export function addBackup(
  command: Command,
  output: Output,
  say: (text: string) => void,
  done: (work: Promise<number>) => Promise<void>,
): void {
  command
    .addOption(command.createOption('--type <type>', 'what it holds').choices(backupTypes).default('incr'))
    .option('--repository <number>', 'number of the repository', '1')
    .option('--annotation <key=value...>', 'what is written into the backup')
    .option('--no-expire', 'remove nothing that the retention no longer covers')
    .option('--no-wait', 'do not wait for its end; it is not recorded as an event then')
    .action((cluster: string, options: BackupOptions) => {
      const wanted = {
        type: options.type,
        repository: Number(options.repository),
        ...(options.annotation === undefined ? {} : { annotations: annotations(options.annotation) }),
        ...(options.expire ? {} : { expire: false }),
      };
      return done(
        options.wait || options.query
          ? // Takes nothing away and interrupts nobody: it is not asked for.
            act(output, say, backup, cluster, wanted, options, false)
          : begin(output, cluster, wanted, options),
      );
    });
}

function annotations(given: readonly string[]): Record<string, string> {
  const pairs = given.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new CommandError(`--annotation ${text}: give KEY=VALUE`, 2);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

interface Wanted {
  readonly type: string;
  readonly repository: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly expire?: boolean;
}

/** Makes a Job from the cluster's own template, so that it is what a schedule would make. */
async function begin(
  output: Output,
  cluster: string,
  wanted: Wanted,
  options: CommonOptions,
): Promise<ExitCode> {
  const { live, namespace } = await Context.open(options);
  const { type, repository } = wanted;
  const template = `${names.backupTemplate(cluster)}-repo${repository}`;
  const cronJob = await live.get('CronJob', namespace, template);
  if (!cronJob)
    throw new CommandError(
      `there is no CronJob ${template} in namespace ${namespace}: no such cluster or repository`,
    );
  // Two that are asked for in the same millisecond are two.
  const name = `${template}-${Date.now().toString(36)}${randomBytes(2).toString('hex')}`;
  await live.create('Job', jobFrom(cronJob, { name, namespace, type, more: jobArguments(wanted) }));
  output.write(`Job ${name}: ${type} backup to repository ${repository}\n`);
  return 0;
}
