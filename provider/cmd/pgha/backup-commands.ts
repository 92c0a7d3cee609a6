/** `pgha backup` and `pgha show backup`. */
import { jobFrom } from '../../actions/backup/execute';
import { takeBackup } from './action-program';
import { names } from '../../manifests/names';
import { backupText, proved, published } from './backup-report';
import type { ExitCode, Output } from './commands';
import { CommandError, Context, type CommonOptions } from './context';

export interface BackupOptions extends CommonOptions {
  readonly type: string;
  readonly repository: string;
  readonly wait?: boolean;
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

/** Makes a Job from the cluster's own template, so that it is what a schedule would make. */
export async function backup(
  output: Output,
  say: (text: string) => void,
  cluster: string,
  options: BackupOptions,
): Promise<ExitCode> {
  if (options.wait !== false)
    return await takeBackup(
      output,
      say,
      cluster,
      { type: options.type, repository: Number(options.repository) },
      options,
    );
  const context = await Context.open(options);
  const { live, namespace } = context;
  const template = `${names.backupTemplate(cluster)}-repo${options.repository}`;
  const cronJob = await live.get('CronJob', namespace, template);
  if (!cronJob)
    throw new CommandError(
      `there is no CronJob ${template} in namespace ${namespace}: no such cluster or repository`,
    );
  const job = await live.create(
    'Job',
    jobFrom(cronJob, {
      name: `${template}-${Date.now().toString(36)}`,
      namespace,
      type: options.type,
    }),
  );
  const { name } = job.metadata;
  output.write(`Job ${name}: ${options.type} backup to repository ${options.repository}\n`);
  return 0;
}
