/** A cluster with one local repository and a table of about a given size, for the benchmarks of backups. */
import { up } from '../local/kubernetes/cluster';
import { run } from '../provider/cmd/pgha/program';
import { published, type PublishedBackup } from '../provider/cmd/pgha/backup-report';
import { names, podName } from '../provider/manifests/names';
import { DeployedCluster } from '../tests/support/cluster';
import { TestStack, type PlainClusterArgs } from '../tests/support/stack';

/** Statements over a whole table. */
const long = 600_000;

export interface FilledCluster {
  readonly stack: TestStack;
  /** Of the cluster, which is called hippo. */
  readonly args: PlainClusterArgs;
  readonly cluster: DeployedCluster;
  /** Pages of the table `bulk`. */
  readonly pages: number;
  /** SQL on the primary. */
  sql(text: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Text of which Zstandard leaves about half: pgbench's own tables are mostly blanks. The pages have room for the
 * updates that come. Nothing touches them by itself: an autovacuum between two backups would change every page.
 */
const fill = (megabytes: number): string => `
  create table bulk (n int, a text, b text) with (fillfactor = 90, autovacuum_enabled = false);
  insert into bulk select i, md5(i::text), md5((-i)::text) from generate_series(1, ${megabytes * 8200}) i`;

export async function filledCluster(
  namespace: string,
  megabytes: number,
  more: PlainClusterArgs = {},
): Promise<FilledCluster> {
  const { kubeconfig } = await up();
  const stack = await TestStack.open(namespace, kubeconfig);
  const args: PlainClusterArgs = {
    replicas: 1,
    storage: { size: '20Gi' },
    resources: { memory: '1Gi' },
    deletionPolicy: 'delete',
    // The benchmark takes every backup by itself.
    schedules: [],
    ...more,
  };
  await stack.up({ hippo: args });
  const cluster = await DeployedCluster.of('hippo', namespace, kubeconfig, 'hippo-user-postgres');
  const sql = async (text: string): Promise<string> =>
    cluster.sql(podName(await cluster.primary()), text, long);
  try {
    console.log(`filling a table with ${megabytes} MB`);
    await sql(fill(megabytes));
    // Frozen, or the first reader would change pages by its hint bits.
    await sql('vacuum (freeze) bulk');
    await sql('checkpoint');
    const pages = Number(await sql(`select pg_relation_size('bulk') / 8192`));
    const close = async (): Promise<void> => {
      cluster.close();
      await stack.destroy();
    };
    return { stack, args, cluster, pages, sql, close };
  } catch (error) {
    cluster.close();
    await stack.destroy();
    throw error;
  }
}

/** One row in each hundredth page, so that no two pages are neighbours: the worst case for backups by blocks. */
export async function touch({ sql, pages }: FilledCluster, first: number): Promise<void> {
  await sql(`
    update bulk set n = n + 1 where ctid = any (array(
      select format('(%s,1)', page)::tid from generate_series(${first}, ${pages - 1}, 100) page))`);
}

/** As `pgha backup` does it; returns what was published of it. */
export async function backUp({ cluster }: FilledCluster, type: string): Promise<PublishedBackup> {
  let text = '';
  const write = (more: string): void => void (text += more);
  const common = ['-n', cluster.namespace, '--kubeconfig', cluster.kubeconfig];
  const code = await run(['backup', 'hippo', '--type', type, ...common], { write, colour: false }, write);
  if (code !== 0) throw new Error(text);
  return (await backups(cluster)).at(-1)!;
}

/** What the jobs have published of repository 1. */
export async function backups({
  live,
  namespace,
  name,
}: DeployedCluster): Promise<readonly PublishedBackup[]> {
  const map = await live.get('ConfigMap', namespace, names.backups(name));
  return published(map?.data).find(({ repository }) => repository === 1)?.backups ?? [];
}

/** Until the first full backup of each repository, which a Job takes by itself, is there. */
export async function firstBackup(
  { live, namespace, name }: DeployedCluster,
  repositories = 1,
): Promise<void> {
  const map = names.backups(name);
  await live.until(
    [{ kind: 'ConfigMap', namespace, selector: { fields: `metadata.name=${map}` } }],
    (seen) =>
      published(seen.of('ConfigMap')[0]?.data).filter(({ backups: found }) => found.length > 0).length ===
        repositories || undefined,
    { deadline: long, what: 'the first full backup' },
  );
}
