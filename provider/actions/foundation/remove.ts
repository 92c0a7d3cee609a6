/** What destroy does with what outlives pods. Runs after the StatefulSets are deleted. */
import type { Kind } from '../../live/kinds';
import type { Live } from '../../live/live';
import { labels, names } from '../../manifests/names';
import { keep } from '../core/journal';
import type { Progress } from '../core/progress';
import type { FoundationInputs } from './inputs';
import { capture, parseSnapshot, snapshotKey } from './kept';

/** Longer than the pods' termination grace. */
const podsGoneMs = 180_000;

export async function remove(live: Live, inputs: FoundationInputs, progress: Progress): Promise<void> {
  const { namespace, cluster, deletionPolicy } = inputs;
  await podsGone(live, namespace, cluster, progress);
  if (deletionPolicy === 'delete') {
    await removeAll(live, inputs);
    return;
  }
  const journal = await live.get('ConfigMap', namespace, names.journal(cluster));
  const snapshot = await capture(live, namespace, cluster, parseSnapshot(journal?.data?.[snapshotKey]));
  if (snapshot)
    await keep(
      live,
      namespace,
      cluster,
      { [labels.cluster]: cluster },
      snapshotKey,
      JSON.stringify(snapshot),
    );
  // What is known of the backups stays with them: gaps in the archive above all (config/scripts/archive_gaps.py).
  const made = inputs.configMaps.map(({ name }) => name).filter((name) => name !== names.backups(cluster));
  for (const name of made) await live.delete('ConfigMap', namespace, name);
  await live.delete('Lease', namespace, names.lock(cluster));
  progress.say(
    `Kept (deletionPolicy "retain"): the volumes and Secrets of ${cluster}, and its record in ConfigMap ${names.journal(cluster)}. A cluster of this name takes them up again.`,
  );
}

/** Volumes are protected while a pod uses them, and Patroni writes its last word when it stops. */
async function podsGone(live: Live, namespace: string, cluster: string, progress: Progress): Promise<void> {
  await live.until(
    [{ kind: 'Pod', namespace, selector: { labels: `${labels.cluster}=${cluster},${labels.member}` } }],
    (seen) => {
      const pods = seen.of('Pod').map(({ metadata }) => metadata.name);
      if (pods.length === 0) return true;
      progress.show(`waiting until ${pods.join(', ')} ${pods.length > 1 ? 'have' : 'has'} stopped`);
      return undefined;
    },
    { deadline: podsGoneMs, what: `all pods of ${cluster} have stopped` },
  );
}

async function removeAll(live: Live, { namespace, cluster }: FoundationInputs): Promise<void> {
  const [config = '', ...others] = names.dcsServices(cluster);
  for (const name of [names.primaryService(cluster), config, ...others])
    await live.delete('Endpoints', namespace, name);
  // By label, so that those of members and users that went earlier go too. ConfigMaps last: the journal is among them.
  for (const kind of ['PersistentVolumeClaim', 'Secret', 'ConfigMap'] satisfies Kind[])
    for (const { metadata } of await live.list(kind, namespace, { labels: `${labels.cluster}=${cluster}` }))
      await live.delete(kind, namespace, metadata.name, { uid: metadata.uid });
  await live.delete('Lease', namespace, names.lock(cluster));
}
