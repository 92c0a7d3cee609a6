/** The dynamic provider of `Backup`. Its path is in the state of every stack: it must stay. */
import type { Live } from '../../live/live';
import { labels, names } from '../../manifests/names';
import { ClusterAbsent } from '../core/absent';
import type { Action } from '../core/action';
import { dynamicProvider } from '../core/provider';
import { podSelector } from '../members/observe';
import { execute } from './execute';
import { plan, refuse, refuseObserved, type BackupInputs, type ObservedRepositories } from './plan';

async function observe(live: Live, { namespace, cluster }: BackupInputs): Promise<ObservedRepositories> {
  const [jobs, sets, pods, published] = await Promise.all([
    live.list('CronJob', namespace, { labels: `${labels.cluster}=${cluster}` }),
    live.list('StatefulSet', namespace, { labels: `${labels.cluster}=${cluster}` }),
    live.list('Pod', namespace, { labels: podSelector(cluster) }),
    live.get('ConfigMap', namespace, names.backups(cluster)),
  ]);
  if (jobs.length === 0 && sets.length === 0 && pods.length === 0)
    throw new ClusterAbsent(namespace, cluster);
  const template = `${names.backupTemplate(cluster)}-repo`;
  const repositories = jobs
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(template))
    .map((name) => Number(name.slice(template.length)))
    .sort((a, b) => a - b);
  const full = Object.fromEntries(
    repositories.map((number) => [number, fullBackups(published?.data?.[`repo${number}.json`])]),
  );
  return { repositories, full };
}

function fullBackups(text: string | undefined): string[] {
  const known = JSON.parse(text ?? '{}') as { backups?: readonly { label: string; type: string }[] };
  return (known.backups ?? []).filter(({ type }) => type === 'full').map(({ label }) => label);
}

export const backup: Action<BackupInputs, ObservedRepositories> = {
  kind: 'Backup',
  secret: ['kubeconfig'],
  runs: 'once',
  replans: false,
  trigger: ({ trigger }) => trigger,
  refuse,
  observe,
  refuseObserved,
  plan,
  execute,
};

export const provider = dynamicProvider(backup);
