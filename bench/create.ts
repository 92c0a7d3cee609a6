/** From `pulumi up` of a cluster that does not exist to its first write, to all members streaming, and to the end of `up`. */
import { setTimeout as pause } from 'node:timers/promises';
import { up } from '../local/kubernetes/cluster';
import { until } from '../local/until';
import { DeployedCluster } from '../tests/support/cluster';
import { TestStack } from '../tests/support/stack';
import { numbers } from './options';
import { keep, machine } from './results';
import { figures, seconds, table } from './statistics';

const namespace = 'bench-create';
const members = 3;
/** Seconds. */
const longest = 300;
const bars = { 'first write': '≤ 20', 'all members streaming': '≤ 60', 'pulumi up has ended': '' } as const;
type Mark = keyof typeof bars;

export async function create(): Promise<void> {
  const { rounds } = numbers({ rounds: 3 });
  const on = machine();
  const { kubeconfig } = await up();
  const stack = await TestStack.open(namespace, kubeconfig);
  const times: Record<Mark, number[]> = {
    'first write': [],
    'all members streaming': [],
    'pulumi up has ended': [],
  };
  for (let round = 1; round <= rounds; round++) {
    const found = await measured(stack, kubeconfig);
    for (const mark of Object.keys(bars) as Mark[]) times[mark].push(found[mark]);
    console.log(
      `${round}/${rounds}: ${Object.entries(found)
        .map(([mark, time]) => `${mark} ${seconds(time)} s`)
        .join(', ')}`,
    );
    await stack.destroy();
  }
  const results = (Object.keys(bars) as Mark[]).map((mark) => ({
    mark,
    bar: bars[mark],
    figures: figures(times[mark]),
    values: times[mark],
  }));
  const rows = results.map(({ mark, bar, figures: { count, min, median, p95, max } }) => [
    mark,
    String(count),
    ...[min, median, p95, max].map(seconds),
    bar,
  ]);
  console.log(
    `\n${table(['seconds from the start of pulumi up', 'rounds', 'min', 'median', 'p95', 'max', 'bar'], rows)}\n`,
  );
  keep('create', on, results);
}

async function measured(stack: TestStack, kubeconfig: string): Promise<Record<Mark, number>> {
  const started = performance.now();
  const since = (): number => performance.now() - started;
  const ended = stack
    .up({
      hippo: {
        replicas: members - 1,
        synchronous: 'quorum',
        storage: { size: '1Gi' },
        repositories: [],
        users: [{ name: 'app' }],
        databases: [{ name: 'app', owner: 'app' }],
        deletionPolicy: 'delete',
      },
    })
    .then(since);
  // Should `up` fail, its error is the one to show, not that of the watcher.
  const marks = Promise.race([
    watched(kubeconfig, since),
    ended.then(() => pause(longest * 1000)).then(() => undefined),
  ]);
  const [seen, end] = await Promise.all([marks, ended]);
  if (!seen) throw new Error('the cluster was never seen to accept a write');
  return { ...seen, 'pulumi up has ended': end };
}

async function watched(
  kubeconfig: string,
  since: () => number,
): Promise<{ 'first write': number; 'all members streaming': number }> {
  // The Secret, the Service and the primary come into being one after the other.
  const first = await until('the first write', longest, async () => {
    const cluster = await DeployedCluster.of('hippo', namespace, kubeconfig, 'hippo-user-postgres');
    cluster.close();
    const connection = await cluster.service.open(1000);
    try {
      await connection.query('create table if not exists first_write (at timestamptz)', [], 2000);
      await connection.query('insert into first_write values (now())', [], 2000);
      return { cluster, time: since() };
    } finally {
      connection.destroy();
    }
  });
  const streaming = await until('streaming of all members', longest, async () => {
    const connection = await first.cluster.service.open(1000);
    try {
      const text = `select count(*) as count from pg_stat_replication where state = 'streaming'`;
      while (Number((await connection.query(text, [], 2000)).rows[0]?.count) < members - 1) await pause(100);
      return since();
    } finally {
      connection.destroy();
    }
  });
  return { 'first write': first.time, 'all members streaming': streaming };
}
