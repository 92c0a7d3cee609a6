/** What is worth keeping of a cluster when a test on it has failed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeployedCluster } from './cluster';

const lines = 2000;

/** Writes logs, events and Patroni's state into a folder of their own, and names it. */
export async function keepLogs(cluster: DeployedCluster | undefined, title: string): Promise<void> {
  if (!cluster) return;
  const { live, namespace, name } = cluster;
  const folder = join(process.env.E2E_LOGS ?? tmpdir(), title.replace(/[^a-z0-9]+/gi, '-').toLowerCase());
  mkdirSync(folder, { recursive: true });
  const keep = async (file: string, content: () => Promise<string>): Promise<void> => {
    // Keeping logs must never hide the failure that they are for.
    const text = await content().catch((error: unknown) => `could not be read: ${String(error)}`);
    if (text) writeFileSync(join(folder, file), text);
  };
  const json = async (list: Promise<unknown>): Promise<string> => JSON.stringify(await list, null, 2);
  // Members, their repository host, and the Jobs of their backups.
  const pods = await live.list('Pod', namespace).catch(() => []);
  await keep('pods.json', () => json(Promise.resolve(pods)));
  await keep('events.json', () => json(live.list('Event', namespace)));
  await keep('endpoints.json', () => json(live.list('Endpoints', namespace)));
  for (const pod of pods)
    for (const { name: container } of pod.status?.containerStatuses ?? [])
      for (const previous of [false, true])
        await keep(`${pod.metadata.name}-${container}${previous ? '-previous' : ''}.log`, () =>
          live.logs(namespace, pod.metadata.name, container, lines, previous),
        );
  console.log(`      logs of ${name}: ${folder}`);
}
