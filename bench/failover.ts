/**
 * How long writes are refused when the primary is lost or handed over: one row each 20 ms
 * through the Service and through a host list, from the last acknowledgement before to the
 * first after. Bars: DESIGN, measured against what Patroni and kube-proxy allow.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { containerProcesses } from '../local/kubernetes/faults';
import { up } from '../local/kubernetes/cluster';
import { podName } from '../provider/manifests/names';
import { patroniPost } from '../provider/live/patroni-rest';
import { longestGap } from '../tests/support/checker';
import { DeployedCluster } from '../tests/support/cluster';
import { TestStack } from '../tests/support/stack';
import { prepare, Workload } from '../tests/support/workload';
import { numbers } from './options';
import { keep, machine } from './results';
import { figures, seconds, table, type Figures } from './statistics';

const namespace = 'bench-failover';
const members = 3;
const settle = 3000;

interface Measure {
  readonly title: string;
  /** Seconds: median (where there is a bar for it) and p95, by the Service, and p95 by the host list. */
  readonly bar: string;
  readonly run: (cluster: DeployedCluster, primary: string) => Promise<void>;
}

const measures: readonly Measure[] = [
  {
    title: 'primary pod deleted',
    bar: 'p50 ≤ 2.5, p95 ≤ 4',
    run: async (cluster, primary) => {
      await cluster.live.delete('Pod', cluster.namespace, podName(primary));
    },
  },
  {
    title: 'pod deleted, grace 0',
    bar: 'p95 ≤ 10',
    run: async (cluster, primary) => {
      await cluster.live.delete('Pod', cluster.namespace, podName(primary), { gracePeriodSeconds: 0 });
    },
  },
  { title: 'postmaster kill -9', bar: 'p95 ≤ 5', run: killPostmaster },
  {
    // As a rollout does it: Patroni chooses among the synchronous standbys.
    title: 'switchover',
    bar: 'p95 ≤ 2.6, list ≤ 1.8',
    run: async (cluster, primary) => {
      const leader = podName(primary);
      await patroniPost(cluster.live, cluster.namespace, leader, '/switchover', { leader }, 60);
    },
  },
  {
    title: 'switchover to a named member',
    bar: '',
    run: async (cluster, primary) => {
      const leader = podName(primary);
      const candidate = podName(await cluster.syncStandby());
      await patroniPost(cluster.live, cluster.namespace, leader, '/switchover', { leader, candidate }, 60);
    },
  },
];

async function killPostmaster(cluster: DeployedCluster, primary: string): Promise<void> {
  const pod = await cluster.pod(primary);
  const status = pod.status?.containerStatuses?.find(({ name }) => name === 'database');
  const id = (status as { containerID?: string } | undefined)?.containerID ?? '';
  const postmaster = containerProcesses(pod.metadata.uid!, id).find(
    ({ name, commandLine }) => name === 'postgres' && !commandLine.startsWith('postgres:'),
  );
  process.kill(postmaster!.pid, 'SIGKILL');
}

export async function failover(): Promise<void> {
  // `--repository 1`: with a local repository, as clusters have by default.
  const { rounds, repository } = numbers({ rounds: 5, repository: 0 });
  const on = machine();
  const local = await up();
  const stack = await TestStack.open(namespace, local.kubeconfig);
  await stack.up({
    hippo: {
      replicas: members - 1,
      synchronous: 'quorum',
      storage: { size: '1Gi' },
      ...(repository ? {} : { repositories: [] }),
      users: [{ name: 'app' }],
      databases: [{ name: 'app', owner: 'app' }],
      deletionPolicy: 'delete',
    },
  });
  const cluster = await DeployedCluster.of('hippo', namespace, local.kubeconfig, 'hippo-user-app');
  try {
    const results = [];
    for (const measure of measures) {
      const gaps = { service: [] as number[], list: [] as number[] };
      for (let round = 1; round <= rounds; round++) {
        const { service, list } = await gap(cluster, measure);
        gaps.service.push(service);
        gaps.list.push(list);
        console.log(
          `${measure.title} ${round}/${rounds}: Service ${seconds(service)} s, host list ${seconds(list)} s`,
        );
      }
      for (const [path, values] of Object.entries(gaps))
        results.push({ fault: measure.title, path, bar: measure.bar, figures: figures(values), values });
    }
    console.log(`\n${rendered(results)}\n`);
    keep(repository ? 'failover-repository' : 'failover', on, results);
  } finally {
    cluster.close();
    await stack.destroy();
  }
}

/** One fault under two writers: the time without an acknowledged row of each. */
async function gap(cluster: DeployedCluster, measure: Measure): Promise<{ service: number; list: number }> {
  const primary = await cluster.whole(members);
  await prepare(cluster.service);
  const options = { writers: 1, registers: 0, interval: 20, reconnect: 20, deadline: 1000 };
  const writers = [
    new Workload(cluster.service, options).start(),
    new Workload(cluster.members, options).start(),
  ];
  try {
    await pause(settle);
    const started = performance.now();
    await measure.run(cluster, primary);
    await pause(settle);
    await cluster.whole(members);
    await pause(settle);
    const ended = performance.now();
    const [service, list] = writers.map((writer) => longestGap(writer.history, started, ended)?.milliseconds);
    if (service === undefined || list === undefined)
      throw new Error(`${measure.title}: writes never came back`);
    return { service, list };
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()));
  }
}

function rendered(
  results: readonly { fault: string; path: string; bar: string; figures: Figures }[],
): string {
  const rows = results.map(({ fault, path, bar, figures: { count, min, median, p95, max } }) => [
    `${fault}, by ${path === 'list' ? 'host list' : 'Service'}`,
    String(count),
    ...[min, median, p95, max].map(seconds),
    bar,
  ]);
  return table(['seconds without a write', 'rounds', 'min', 'median', 'p95', 'max', 'bar'], rows);
}
