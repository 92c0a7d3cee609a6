/** A backup on demand: a Job made from the cluster's own template, so that it is what a schedule would make. */
import { LiveError } from '../../live/errors';
import type { CronJob, Job, Pod } from '../../live/kinds';
import { names } from '../../manifests/names';
import type { ActionInputs, Context } from '../core/action';
import type { Step } from '../core/steps';
import { jobArguments, jobName, type BackupInputs, type ObservedRepositories } from './plan';

const foreverMs = 30 * 86_400_000;
const container = 'backup';

export async function execute(
  _step: Step,
  context: Context<BackupInputs, ObservedRepositories>,
): Promise<void> {
  const { type = 'full', repository = 1, trigger } = context.inputs;
  await takeBackup(context, { type, repository, run: trigger, more: jobArguments(context.inputs) });
}

export interface WantedBackup {
  readonly type: string;
  readonly repository: number;
  /** Names the Job, so that it is found again after an interruption. */
  readonly run: string;
  /** Further arguments of config/scripts/backup.py. */
  readonly more: readonly string[];
}

/** Of any action that takes one. */
type JobContext = Pick<Context<ActionInputs, unknown>, 'live' | 'inputs' | 'progress' | 'signal'>;

export async function takeBackup(
  context: JobContext,
  { type, repository, run, more }: WantedBackup,
): Promise<void> {
  const { live, inputs, progress, signal } = context;
  const { namespace, cluster } = inputs;
  const template = `${names.backupTemplate(cluster)}-repo${repository}`;
  const cronJob = await live.get('CronJob', namespace, template);
  if (!cronJob) throw new LiveError('NotFound', `there is no CronJob ${template} in namespace ${namespace}`);
  // A job that goes on, or has ended well, after its client was gone is the one; another takes the place of a failed one.
  let [attempt, name] = [1, jobName(template, run, 1)];
  let existing = await live.get('Job', namespace, name);
  while (existing && endOf(existing)?.type === 'Failed') {
    name = jobName(template, run, ++attempt);
    existing = await live.get('Job', namespace, name);
  }
  if (!existing) await live.create('Job', jobFrom(cronJob, { name, namespace, type, more }));
  const ended = await live.until(
    [
      { kind: 'Job', namespace, selector: { fields: `metadata.name=${name}` } },
      { kind: 'Pod', namespace, selector: { labels: podsOf(name) } },
    ],
    (seen): End | undefined => {
      // What the Job's own state says two seconds later: one until the kubelet ends the pod, one for the Job's controller.
      const end = seen.of('Pod').some(wentWell) ? { type: 'Complete' } : endOf(seen.of('Job')[0]);
      if (!end) progress.show(`${type} backup to repository ${repository}: Job ${name} is at work`);
      return end;
    },
    { deadline: foreverMs, what: `Job ${name} has ended`, signal },
  );
  if (ended.type === 'Complete') return;
  const log = await lastLines(context, name);
  throw new LiveError(
    'Other',
    `the backup failed (${ended.reason ?? 'no reason given'}). Its log: kubectl logs -n ${namespace} job/${name}${log}`,
  );
}

/** The backup is taken, and published, when its container has ended so. */
function wentWell({ status }: Pod): boolean {
  const own = status?.containerStatuses?.find(({ name }) => name === container);
  return own?.state?.terminated?.exitCode === 0;
}

interface End {
  readonly type: string;
  readonly reason?: string;
}

function endOf(job: Job | undefined): End | undefined {
  return job?.status?.conditions?.find(
    ({ type, status }) => status === 'True' && /^(Complete|Failed)$/.test(type),
  );
}

function podsOf(job: string): string {
  return `batch.kubernetes.io/job-name=${job}`;
}

async function lastLines({ live, inputs: { namespace } }: JobContext, job: string): Promise<string> {
  const pods = await live.list('Pod', namespace, { labels: podsOf(job) });
  const pod = pods.at(-1)?.metadata.name;
  const text = pod ? await live.logs(namespace, pod, container, 5) : '';
  return text ? `\n${text.trimEnd()}` : '';
}

/** The template's Job with another type of backup and further arguments. Pure. */
export function jobFrom(
  cronJob: CronJob,
  {
    name,
    namespace,
    type,
    more = [],
  }: { name: string; namespace: string; type: string; more?: readonly string[] },
): Job {
  const { metadata, spec } = cronJob.spec!.jobTemplate;
  const text = JSON.stringify(spec).replace(
    '"backup","incr"',
    JSON.stringify(['backup', type, ...more]).slice(1, -1),
  );
  return {
    metadata: { name, namespace, labels: metadata?.labels },
    spec: JSON.parse(text) as object,
  };
}
