/** The commands: each reads, makes a report, prints it, and gives the exit code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { labels } from '../../manifests/names';
import { CommandError, Context, type CommonOptions } from './context';
import { membersOf } from './observed';
import { chosenMember, psqlSession, type PsqlOptions } from './psql-session';
import { statusText, testText, userText } from './render';
import { statusReport } from './status-report';
import { testReport } from './test-report';
import { rolesQuery, userLines, type RoleRow, type UserLine } from './user-report';

/** Where commands write. */
export interface Output {
  write(text: string): void;
  readonly colour: boolean;
}

/** 0: all is well. 1: something is down or failed. 2 (in program.ts): the command line is wrong. */
export type ExitCode = number;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export interface Several {
  readonly all?: boolean;
}

async function chosen(
  context: Context,
  given: readonly string[],
  options: Several,
): Promise<readonly string[]> {
  if (given.length > 0) return given;
  if (!options.all) throw new CommandError('name a cluster, or give --all', 2);
  const found = await context.clusters();
  if (found.length === 0) throw new CommandError(`there is no cluster in namespace ${context.namespace}`);
  return found;
}

export async function test(
  output: Output,
  given: readonly string[],
  options: CommonOptions & Several,
): Promise<ExitCode> {
  const context = await Context.open(options);
  const reports = [];
  for (const cluster of await chosen(context, given, options)) {
    const objects = await context.objects(cluster);
    reports.push(testReport(objects, await context.answers(objects)));
  }
  output.write(
    options.output === 'json' ? json(reports) : reports.map((report) => testText(report, output)).join(''),
  );
  return reports.every((report) => report.up) ? 0 : 1;
}

export async function status(
  output: Output,
  given: readonly string[],
  options: CommonOptions & Several,
): Promise<ExitCode> {
  const context = await Context.open(options);
  const reports = [];
  for (const cluster of await chosen(context, given, options)) {
    const objects = await context.objects(cluster);
    const [answers, work] = await Promise.all([context.answers(objects), context.work(cluster)]);
    reports.push(statusReport(objects, answers, new Date(), work));
  }
  output.write(options.output === 'json' ? json(reports) : reports.map(statusText).join('\n'));
  return reports.every((report) => report.problems.length === 0) ? 0 : 1;
}

export interface ShowUserOptions extends CommonOptions, Several {
  readonly showSystemAccounts?: boolean;
}

export async function showUser(
  output: Output,
  given: readonly string[],
  options: ShowUserOptions,
): Promise<ExitCode> {
  const context = await Context.open(options);
  const lines: UserLine[] = [];
  for (const cluster of await chosen(context, given, options)) {
    const objects = await context.objects(cluster);
    const secrets = await context.live.list('Secret', context.namespace, {
      labels: `${labels.cluster}=${cluster}`,
    });
    const users = secrets.filter(
      ({ data }) => data?.['user'] !== undefined && data['password'] !== undefined,
    );
    const primary = membersOf(objects).find((member) => member.role === 'primary')?.pod;
    lines.push(...userLines(cluster, users, await roles(context, primary)));
  }
  const shown = options.showSystemAccounts ? lines : lines.filter((line) => line.username !== 'postgres');
  output.write(options.output === 'json' ? json(shown) : userText(shown));
  return shown.every((line) => line.error === undefined) ? 0 : 1;
}

async function roles(context: Context, primary: string | undefined): Promise<RoleRow[] | { error: string }> {
  if (primary === undefined) return { error: 'there is no primary' };
  try {
    const text = await context.sql(primary, rolesQuery);
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as RoleRow);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

export async function psql(
  cluster: string,
  more: readonly string[],
  options: CommonOptions & PsqlOptions,
): Promise<ExitCode> {
  const context = await Context.open(options);
  const member = chosenMember(await context.objects(cluster), options);
  return psqlSession(context, member.pod, options, more);
}

/** The version of this package: its package.json lies above dist/cmd/pgha and provider/cmd/pgha alike. */
export function ownVersion(): string {
  const file = join(__dirname, '..', '..', '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

export async function version(
  output: Output,
  options: CommonOptions & { client?: boolean },
): Promise<ExitCode> {
  const pgha = ownVersion();
  const kubernetes = options.client ? undefined : await (await Context.open(options)).kubernetesVersion();
  if (options.output === 'json') output.write(json({ pgha, kubernetes }));
  else
    output.write(
      [`pgha version ${pgha}`, ...(kubernetes ? [`kubernetes version ${kubernetes}`] : []), ''].join('\n'),
    );
  return 0;
}
