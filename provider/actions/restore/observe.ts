/** A cluster as a restore in place sees it, by `get` and `list` alone. */
import { readPublished, type PublishedBackups } from '../../config/published-backups';
import { readIntent, type RestoreIntent } from '../../config/restore-intent';
import type { Live } from '../../live/live';
import { names } from '../../manifests/names';
import type { ObservedHibernation } from '../hibernate/plan';
import { observeHibernation } from '../hibernate/provider';
import type { RestoreInputs } from './inputs';
import { readRecord, type RestoreRecord } from './record';

export interface ObservedRestore extends ObservedHibernation {
  /** Numbers of the repositories that the cluster has. */
  readonly repositories: readonly number[];
  /** What is published of each. */
  readonly published: Readonly<Record<number, PublishedBackups>>;
  readonly record?: RestoreRecord;
  /** What members are asked now; absent when no restore is under way. */
  readonly intent?: RestoreIntent;
  /** Patroni's: the timelines that the cluster came from. */
  readonly history?: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export async function observeRestore(live: Live, inputs: RestoreInputs): Promise<ObservedRestore> {
  const { namespace, cluster } = inputs;
  const [observed, backups, journal, settings, config] = await Promise.all([
    observeHibernation(live, inputs),
    live.get('ConfigMap', namespace, names.backups(cluster)),
    live.get('ConfigMap', namespace, names.journal(cluster)),
    live.get('ConfigMap', namespace, names.configMap(cluster)),
    live.get('Endpoints', namespace, names.dcsServices(cluster)[0]!),
  ]);
  const template = `${names.backupTemplate(cluster)}-repo`;
  const repositories = observed.cronJobs
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(template))
    .map((name) => Number(name.slice(template.length)))
    .sort((a, b) => a - b);
  const published = repositories.flatMap((number) => {
    const one = readPublished(backups?.data, number);
    return one ? [[number, one] as const] : [];
  });
  return {
    ...observed,
    repositories,
    published: Object.fromEntries(published),
    record: readRecord(journal),
    intent: readIntent(settings?.data),
    history: config?.metadata.annotations?.['history'],
    now: Date.now(),
  };
}
