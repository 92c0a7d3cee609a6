/** A repository that is dead until its queue is full, beside one that lives. */
import assert from 'node:assert/strict';
import { until } from '../../local/until';
import { podName } from '../../provider/manifests/names';
import { archived, gapsOf } from './backups';
import type { DeployedCluster } from './cluster';
import { missing, pgbackrest } from './pgbackrest';

/** What may wait on a volume of 1Gi: a fifth of it. */
const bound = 12;
/** Written while the repository is dead: more than may wait, and more than pg_wal keeps without a reason. */
const written = 24;
const kept = 20;
const longestWriteMs = 5000;

interface Ways {
  /** Breaks the way to repository 2, or heals it. */
  readonly dead: (is: boolean) => Promise<void>;
  readonly pgha: (...args: string[]) => Promise<string>;
}

/** Of a cluster with one member, a volume of 1Gi and two repositories: kills the second until a gap is told, and closes that. */
export async function fillQueue(cluster: DeployedCluster, { dead, pgha }: Ways): Promise<void> {
  const pod = podName(await cluster.primary());
  const number = async (query: string): Promise<number> => Number(await cluster.sql(pod, query));
  const write = async (): Promise<number> => {
    const before = performance.now();
    await cluster.sql(pod, 'insert into marks values (1); select pg_switch_wal()');
    return performance.now() - before;
  };
  const lackedBy = async (repository: number): Promise<string[]> => {
    const { code, text } = await pgbackrest(cluster, pod, repository, ['--recurse', 'repo-ls', 'archive/db']);
    assert.equal(code, 0, text);
    return missing(text.split('\n'));
  };
  // One that came after the gap by itself would close it.
  await until('the first backup in repository 2', 120, async () =>
    /repository 2: ok[^]*\d{8}-\d{6}F +full/.test(await pgha('show', 'backup', cluster.name)),
  );
  await cluster.sql(pod, 'create table marks (n int)');
  await archived(cluster, 60);
  const times: number[] = [];
  await dead(true);
  try {
    while (times.length < written) times.push(await write());
    await until('the gap is told', 150, async () => (await gapsOf(cluster)).length === 1);
    await until('the queue has been let go', 60, async () => {
      times.push(await write());
      return (
        (await number(`select count(*) from pg_ls_archive_statusdir() where name like '%.ready'`)) <= bound
      );
    });
    await cluster.sql(pod, 'checkpoint');
    const segments = await number('select count(*) from pg_ls_waldir()');
    assert.ok(segments <= kept, `${segments} segments in pg_wal`);
    assert.match((await gapsOf(cluster)).join('\n'), /^repository 2 lacks WAL .*--repository 2$/);
  } finally {
    await dead(false);
  }
  times.push(await write());
  assert.ok(Math.max(...times) < longestWriteMs, `a write took ${Math.max(...times)} ms`);
  await archived(cluster, 120);
  assert.deepEqual(await lackedBy(1), []);
  const lost = await lackedBy(2);
  assert.ok(lost.length > bound, `only ${lost.length} segments were let go`);
  const told = `repository 2 lacks WAL ${lost[0]} to ${lost.at(-1)}: `;
  await until('the whole gap is told', 60, async () => {
    const gaps = await gapsOf(cluster);
    assert.equal(gaps.length, 1);
    assert.ok(gaps[0]!.startsWith(told), `${gaps[0]}, not ${told}`);
    return true;
  });
  await pgha('backup', cluster.name, '--type', 'incr', '--repository', '2');
  await until('the gap is closed', 90, async () => (await gapsOf(cluster)).length === 0);
}
