/** A backup now. Pure. */
import { createHash } from 'node:crypto';
import type { Refusal } from '../core/action';
import type { Step } from '../core/steps';
import type { ActionInputs } from '../members/cluster';

export const backupTypes: readonly string[] = ['full', 'diff', 'incr'];

export interface BackupInputs extends ActionInputs {
  readonly type?: string;
  readonly repository?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly expire?: boolean;
}

export interface ObservedRepositories {
  /** Numbers of the repositories that the cluster has. */
  readonly repositories: readonly number[];
  /** Labels of full backups, by repository, as the last job has published them. */
  readonly full: Readonly<Record<number, readonly string[]>>;
}

export function plan(observed: ObservedRepositories, inputs: BackupInputs): Step[] {
  const { type = 'full', repository = 1, annotations = {}, expire = true } = inputs;
  const notes = Object.entries(annotations)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
  const first = type !== 'full' && (observed.full[repository] ?? []).length === 0;
  const details = [
    ...(first ? ['a full one, since there is none yet'] : []),
    ...(notes.length > 0 ? [`annotated ${notes.join(', ')}`] : []),
    expire ? 'then what the retention no longer covers is removed' : 'nothing is removed',
  ];
  return [{ kind: 'backup', text: `${type} backup to repository ${repository}`, detail: details.join('; ') }];
}

export function refuse({ type = 'full', repository = 1, annotations = {} }: BackupInputs): Refusal[] {
  const wrong = Object.keys(annotations).filter((key) => !/^[A-Za-z0-9][\w.-]*$/.test(key));
  return [
    ...(backupTypes.includes(type)
      ? []
      : [{ property: 'type', reason: `is "${type}"; allowed are ${backupTypes.join(', ')}.` }]),
    ...(Number.isInteger(repository) && repository >= 1
      ? []
      : [{ property: 'repository', reason: `is ${repository}; give its number, from 1 on.` }]),
    ...wrong.map((key) => ({
      property: 'annotations',
      reason: `"${key}" is no key; allowed are letters, digits, and ._- inside.`,
    })),
  ];
}

export function refuseObserved(
  { repositories }: ObservedRepositories,
  { repository = 1, cluster }: BackupInputs,
): Refusal[] {
  if (repositories.includes(repository)) return [];
  const there =
    repositories.length > 0
      ? `It has ${repositories.join(', ')}.`
      : 'It has none: give it repositories (docs/back-up.md).';
  return [{ property: 'repository', reason: `${cluster} has no repository ${repository}. ${there}` }];
}

/** Further arguments of config/scripts/backup.py. */
export function jobArguments({
  annotations = {},
  expire = true,
}: Pick<BackupInputs, 'annotations' | 'expire'>): string[] {
  return [
    ...Object.entries(annotations)
      .sort()
      .map(([key, value]) => `--annotation=${key}=${value}`),
    ...(expire ? [] : ['--no-expire-auto']),
  ];
}

/** Of the nth try for a trigger; the same each time, so that a job is found again whoever made it. */
export function jobName(template: string, trigger: string, attempt: number): string {
  const hash = createHash('sha256').update(trigger).digest('hex').slice(0, 8);
  return `${template}-${hash}${attempt > 1 ? `-${attempt}` : ''}`;
}
