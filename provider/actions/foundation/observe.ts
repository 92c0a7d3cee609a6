/**
 * What is there already, by `get` and `list` alone. No Secret is needed, since a preview may not have the right to read one;
 * those with keys to S3 are looked at where that is allowed, and nothing of their contents is kept.
 */
import { readPublished, type PublishedBackups } from '../../config/published-backups';
import { hasReason } from '../../live/errors';
import type { ConfigMap, PersistentVolumeClaim } from '../../live/kinds';
import type { Live } from '../../live/live';
import { isUnknown } from '../../cluster/spec';
import { labels, names } from '../../manifests/names';
import type { FoundationInputs } from './inputs';
import { parseSnapshot, snapshotKey, type Snapshot } from './kept';
import { isAsked } from './plan-backups';
import { changedCredentials } from './repositories';

export interface Observed {
  readonly volumes: readonly PersistentVolumeClaim[];
  readonly configMaps: readonly ConfigMap[];
  /** Names of storage classes whose volumes can't grow. Empty where classes may not be read. */
  readonly rigidClasses: readonly string[];
  /** What Patroni knew when the cluster was removed, if it was, with its volumes kept. */
  readonly snapshot?: Snapshot;
  /** Names of the user's Secrets whose keys to S3 are others than pgBackRest has. Empty where Secrets may not be read. */
  readonly changedCredentials: readonly string[];
  /** Patroni's own record, if a cluster runs. */
  readonly systemIdentifier?: string;
  /** What the cluster that is restored from has published of the repository, if it has, and when it was read. */
  readonly source?: { readonly published: PublishedBackups; readonly now: number };
}

export async function observe(
  live: Live,
  inputs: FoundationInputs,
  previous?: FoundationInputs,
): Promise<Observed> {
  const { namespace, cluster } = inputs;
  const names_ = inputs.volumes.map(({ name }) => name);
  const [labelled, configMaps, journal, config] = await Promise.all([
    live.list('PersistentVolumeClaim', namespace, { labels: `${labels.cluster}=${cluster}` }),
    Promise.all(inputs.configMaps.map(({ name }) => live.get('ConfigMap', namespace, name))),
    live.get('ConfigMap', namespace, names.journal(cluster)),
    live.get('Endpoints', namespace, names.dcsServices(cluster)[0]!),
  ]);
  // A volume made by hand, say from a snapshot, has the name but not our labels.
  const missing = names_.filter((name) => !labelled.some(({ metadata }) => metadata.name === name));
  const byName = await Promise.all(missing.map((name) => live.get('PersistentVolumeClaim', namespace, name)));
  const volumes = [...labelled, ...byName.filter((one) => one !== undefined)];
  return {
    volumes,
    configMaps: configMaps.filter((one) => one !== undefined),
    rigidClasses: await rigid(live, volumes),
    changedCredentials: await changedCredentials(live, inputs),
    snapshot: parseSnapshot(journal?.data?.[snapshotKey]),
    systemIdentifier: config?.metadata.annotations?.['initialize'] || undefined,
    ...(isAsked(inputs, previous) ? await source(live, inputs) : {}),
  };
}

/** A repository whose cluster publishes nothing here (S3, by `path`) can't be read by a preview. */
async function source(live: Live, { namespace, spec }: FoundationInputs): Promise<Pick<Observed, 'source'>> {
  const { cluster, repository } = spec.restoreFrom ?? {};
  if (cluster === undefined || repository === undefined || isUnknown(cluster)) return {};
  const found = await live.get('ConfigMap', namespace, names.backups(cluster));
  const published = readPublished(found?.data, repository);
  return published === undefined ? {} : { source: { published, now: Date.now() } };
}

async function rigid(live: Live, volumes: readonly PersistentVolumeClaim[]): Promise<string[]> {
  const classes = [...new Set(volumes.flatMap(({ spec }) => spec?.storageClassName ?? []))];
  try {
    const found = await Promise.all(classes.map((name) => live.get('StorageClass', '', name)));
    return found.flatMap((one) => (one && one.allowVolumeExpansion !== true ? [one.metadata.name] : []));
  } catch (error) {
    if (hasReason(error, 'Forbidden')) return [];
    throw error;
  }
}
