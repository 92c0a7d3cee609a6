/** A backup on demand: a Job made from the cluster's own template, so that it is what a schedule would make. */
import { LiveError } from '../../live/errors';
import type { CronJob, Job } from '../../live/kinds';
import { names } from '../../manifests/names';
import type { Context } from '../core/action';
import type { Step } from '../core/steps';
import { jobArguments, jobName, type BackupInputs, type ObservedRepositories } from './plan';

const foreverMs = 30 * 86_400_000;

export async function execute(
  _step: Step,
  context: Context<BackupInputs, ObservedRepositories>,
): Promise<void> {
  const { live, inputs, progress, signal } = context;
  const { namespace, cluster, type = 'full', repository = 1, trigger } = inputs;
  const template = `${names.backupTemplate(cluster)}-repo${repository}`;
  const cronJob = await live.get('CronJob', namespace, template);
  if (!cronJob) throw new LiveError('NotFound', `there is no CronJob ${template} in namespace ${namespace}`);
  // A job that goes on, or has ended well, after its client was gone is the one; another takes the place of a failed one.
  let [attempt, name] = [1, jobName(template, trigger, 1)];
  let existing = await live.get('Job', namespace, name);
  while (existing && endOf(existing)?.type === 'Failed') {
    name = jobName(template, trigger, ++attempt);
    existing = await live.get('Job', namespace, name);
  }
  if (!existing)
    await live.create('Job', jobFrom(cronJob, { name, namespace, type, more: jobArguments(inputs) }));
  const ended = await live.until(
    [{ kind: 'Job', namespace, selector: { fields: `metadata.name=${name}` } }],
    (seen) => {
      const end = endOf(seen.of('Job')[0]);
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

function endOf(job: Job | undefined) {
  return job?.status?.conditions?.find(
    ({ type, status }) => status === 'True' && /^(Complete|Failed)$/.test(type),
  );
}

async function lastLines(
  { live, inputs: { namespace } }: Context<BackupInputs, ObservedRepositories>,
  job: string,
): Promise<string> {
  const pods = await live.list('Pod', namespace, { labels: `batch.kubernetes.io/job-name=${job}` });
  const pod = pods.at(-1)?.metadata.name;
  const text = pod ? await live.logs(namespace, pod, 'backup', 5) : '';
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
