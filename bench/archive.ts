/**
 * How far the WAL archive is behind while pgbench writes: the age of the oldest segment that waits, how many wait, and
 * how long the last ones take when the load has ended. No archive, a local one, S3, S3 50 ms away, and both at once, one after
 * the other in one run. One transaction in ten adds a text that does not compress: pgbench's own rows are mostly blanks, and
 * would fill a segment once in a quarter of a minute.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { up } from '../local/kubernetes/cluster';
import { podName } from '../provider/manifests/names';
import { DeployedCluster } from '../tests/support/cluster';
import { S3Fixture } from '../tests/support/s3';
import { TestStack } from '../tests/support/stack';
import { firstBackup } from './filled-cluster';
import { numbers } from './options';
import { keep, machine } from './results';
import { figures, seconds as shown, table, type Figures } from './statistics';

const namespace = 'bench-archive';
const interval = 500;
const clients = 8;
/** Accounts in hundred thousands: about 300 MB. */
const scale = 20;
/** 32 KiB that are stored, and archived, as long as they are. */
const text = `
  insert into texts select string_agg(gen_random_uuid()::text, '') from generate_series(1, 910);`;

interface Place {
  readonly title: string;
  /** Of a cluster of that name, which S3's role is for. */
  readonly repositories: readonly ('local' | 's3')[];
  /** Milliseconds that each answer of S3 takes longer. */
  readonly delayMs?: number;
}

const places: readonly Place[] = [
  { title: 'no archive', repositories: [] },
  { title: 'local repository', repositories: ['local'] },
  { title: 'S3', repositories: ['s3'] },
  { title: 'S3, 50 ms away', repositories: ['s3'], delayMs: 50 },
  { title: 'local, and S3 50 ms away', repositories: ['local', 's3'], delayMs: 50 },
];

interface Lag {
  readonly transactions: number;
  readonly walBytes: number;
  /** Milliseconds of the oldest segment that waits. */
  readonly age: Figures;
  readonly waiting: Figures;
  readonly drained: number;
}

export async function archive(): Promise<void> {
  const { seconds } = numbers({ seconds: 60 });
  const on = machine();
  const local = await up();
  const { kubeconfig } = local;
  const s3 = await S3Fixture.open(local, namespace, 'hippo');
  const results: ({ title: string } & Lag)[] = [];
  try {
    const stack = await TestStack.open(namespace, kubeconfig);
    for (const { title, repositories, delayMs = 0 } of places) {
      // Each cluster begins with nothing: another path in S3, another volume.
      await s3.kubectl.run(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
      await s3.makeNamespace();
      await s3.server.fault({ delayMs });
      const hippo = {
        replicas: 1,
        storage: { size: '20Gi' },
        resources: { memory: '1Gi' },
        deletionPolicy: 'delete',
        schedules: [],
        repositories: repositories.map((type) => (type === 'local' ? { type } : s3.keyless)),
      };
      await stack.upWith({ namespace, namespaceExists: 'true', clusters: JSON.stringify({ hippo }) });
      const cluster = await DeployedCluster.of('hippo', namespace, kubeconfig, 'hippo-user-postgres');
      try {
        if (repositories.length > 0) await firstBackup(cluster, repositories.length);
        const found = await loaded(cluster, seconds);
        results.push({ title, ...found });
        console.log(`${title}: ${found.transactions.toFixed(0)} transactions a second`);
      } finally {
        cluster.close();
        await stack.destroy();
      }
    }
    console.log(`\n${rendered(results, seconds)}\n`);
    keep('archive', on, { clients, scale, seconds, results });
  } finally {
    await s3.close();
  }
}

async function loaded(cluster: DeployedCluster, seconds: number): Promise<Lag> {
  const pod = podName(await cluster.primary());
  const pgbench = async (...args: string[]): Promise<string> => {
    const script = `echo "$0" > /tmp/text.sql; exec pgbench -h /run/postgresql -U postgres "$@" postgres`;
    const command = ['sh', '-euc', script, text, ...args];
    const { code, stdout, stderr } = await cluster.live.exec(
      cluster.namespace,
      pod,
      'database',
      command,
      (seconds + 600) * 1000,
    );
    if (code !== 0) throw new Error(`pgbench ended with ${code}: ${stderr}`);
    return stdout;
  };
  await pgbench('-i', '-q', '-s', String(scale));
  await cluster.sql(pod, 'create table texts (text text)');
  await cluster.sql(pod, 'alter table texts alter text set storage external');
  await drained(cluster, pod);
  const start = await cluster.sql(pod, `select pg_current_wal_lsn()`);
  const ages: number[] = [];
  const counts: number[] = [];
  let running = true;
  const load = pgbench(
    ...['-b', 'tpcb-like@9', '-f', '/tmp/text.sql@1'],
    ...['-c', String(clients), '-j', '2', '-T', String(seconds)],
  ).finally(() => (running = false));
  while (running) {
    const [count, age] = await behind(cluster, pod);
    counts.push(count);
    ages.push(age);
    await pause(interval);
  }
  const transactions = Number(/tps = ([\d.]+)/.exec(await load)?.[1]);
  const ended = performance.now();
  await cluster.sql(pod, 'select pg_switch_wal()');
  await drained(cluster, pod);
  const walBytes = Number(await cluster.sql(pod, `select pg_current_wal_lsn() - '${start}'::pg_lsn`));
  return {
    transactions,
    walBytes,
    age: figures(ages),
    waiting: figures(counts),
    drained: performance.now() - ended,
  };
}

/** Segments that wait, and the age of the oldest in milliseconds. */
async function behind(cluster: DeployedCluster, pod: string): Promise<[count: number, age: number]> {
  const query = `
    select count(*), coalesce(extract(epoch from clock_timestamp() - min(modification)) * 1000, 0)
    from pg_ls_archive_statusdir() where name like '%.ready'`;
  const [count, age] = (await cluster.sql(pod, query)).split('|').map(Number);
  return [count!, age!];
}

async function drained(cluster: DeployedCluster, pod: string): Promise<void> {
  const until = performance.now() + 600_000;
  while ((await behind(cluster, pod))[0] > 0) {
    if (performance.now() > until) throw new Error('WAL was not archived in 10 minutes');
    await pause(100);
  }
}

function rendered(results: readonly ({ title: string } & Lag)[], seconds: number): string {
  const head = ['archive', 'tps', 'MiB WAL/s', 'waiting p95', 'max', 'age s p95', 'max', 'drained s'];
  const rows = results.map(({ title, transactions, walBytes, waiting, age, drained: time }) => [
    title,
    transactions.toFixed(0),
    (walBytes / 2 ** 20 / seconds).toFixed(1),
    String(waiting.p95),
    String(waiting.max),
    shown(age.p95),
    shown(age.max),
    shown(time),
  ]);
  return table(head, rows);
}
