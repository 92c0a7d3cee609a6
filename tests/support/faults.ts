/** The faults of the failover test: each is made real, and has taken effect when its promise ends. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  containerProcesses,
  cutPod,
  healPod,
  startApiServer,
  stopApiServer,
  type ContainerProcess,
} from '../../local/kubernetes/faults';
import { patroniPost } from '../../provider/live/patroni-rest';
import { names, podName } from '../../provider/manifests/names';
import type { DeployedCluster } from './cluster';

export interface FaultContext {
  readonly cluster: DeployedCluster;
  /** The member that leads now. */
  readonly primary: string;
}

export interface Fault {
  readonly title: string;
  /** In which the end-to-end test does it; a soak does each in every mode. */
  readonly modes: readonly ('strict' | 'quorum')[];
  inject(context: FaultContext): Promise<void>;
  /** Milliseconds until it has taken effect (and is over, where it ends by itself). */
  readonly longest: number;
  /**
   * Whether another member must lead afterwards. Absent: either is right, since the old leader
   * may take over again when no other answers in time (a busy machine) or it is back at once.
   */
  readonly changesPrimary?: boolean;
  /** Milliseconds without a write that 95 of 100 times must hold on a quiet machine (DESIGN 8); only reported. */
  readonly aim?: number;
  /** Afterwards Services follow their Endpoints only after a minute (service-path.ts): wait for that before another fault. */
  readonly servicesLag?: boolean;
  /** Milliseconds for which writes may be refused; absent: only the test's own limit holds. */
  readonly longestGap?: number;
}

const both = ['strict', 'quorum'] as const;
const strict = ['strict'] as const;
const effect = 60_000;
/** Kubelet waits 10 s, 20 s, … up to 5 min before it starts a container again that was killed so often within 10 min, as in a soak. */
const backOff = 300_000;

export const faults: readonly Fault[] = [
  {
    title: 'primary pod deleted, default grace',
    modes: both,
    aim: 4_000,
    longest: effect,
    inject: (context) => deletePod(context, context.primary),
  },
  {
    title: 'primary pod deleted, grace 0',
    modes: both,
    aim: 10_000,
    longest: effect,
    inject: (context) => deletePod(context, context.primary, 0),
  },
  {
    title: 'postmaster killed with 9',
    modes: both,
    aim: 5_000,
    longest: effect,
    async inject(context) {
      const [old] = await processes(context.cluster, context.primary, isPostmaster);
      process.kill(old!.pid, 'SIGKILL');
      await until('a new postmaster', effect, async () => {
        const [now] = await processes(context.cluster, context.primary, isPostmaster);
        return now !== undefined && now.pid !== old!.pid;
      });
    },
  },
  {
    title: 'kill 1 in the container',
    modes: strict,
    aim: 4_000,
    longest: effect,
    inject: (context) =>
      restarted(context, async () => {
        const { live, namespace } = context.cluster;
        await live.exec(namespace, podName(context.primary), 'database', ['/bin/sh', '-c', 'kill 1'], 10_000);
      }),
  },
  {
    title: 'Patroni killed with 9',
    modes: strict,
    aim: 10_000,
    longest: effect,
    inject: (context) => restarted(context, () => signalled(context, isPatroni, 'SIGKILL')),
  },
  {
    title: 'Patroni stopped (SIGSTOP)',
    modes: both,
    aim: 25_000,
    longest: 2 * effect,
    inject: (context) => restarted(context, () => signalled(context, isPatroni, 'SIGSTOP')),
  },
  {
    // On cgroup v2 kubelet sets memory.oom.group, and every process of the container goes: the next one.
    title: 'a backend killed by the kernel, out of memory',
    modes: strict,
    aim: 10_000,
    longest: effect,
    inject: outOfMemory,
  },
  {
    title: 'every process of the container killed at once',
    modes: strict,
    aim: 10_000,
    longest: effect,
    inject: (context) => restarted(context, () => signalled(context, () => true, 'SIGKILL')),
  },
  {
    title: "the primary's network cut for 30 s",
    modes: both,
    aim: 25_000,
    longest: effect,
    changesPrimary: true,
    async inject({ cluster, primary }) {
      const address = (await cluster.pod(primary)).status!.podIP!;
      await cutPod(address);
      try {
        await pause(30_000);
      } finally {
        await healPod(address);
      }
    },
  },
  {
    title: "a replica's volume lost",
    modes: strict,
    longest: 4 * effect,
    changesPrimary: false,
    longestGap: 5000,
    inject: async ({ cluster }) => loseVolume(cluster, await cluster.replica()),
  },
  {
    // Not a fault, but what hands over most often: bench:failover measures it, a soak mixes it with the others.
    title: 'switchover',
    modes: [],
    aim: 2600,
    longest: effect,
    changesPrimary: true,
    async inject({ cluster, primary }) {
      const leader = podName(primary);
      await patroniPost(cluster.live, cluster.namespace, leader, '/switchover', { leader }, 60);
    },
  },
  {
    title: 'API server away for 60 s',
    modes: strict,
    servicesLag: true,
    longest: 2 * effect,
    changesPrimary: false,
    longestGap: 5000,
    async inject() {
      await stopApiServer();
      await pause(60_000);
      await startApiServer();
    },
  },
  {
    title: 'API server flapping, 6 times 5 s away and 5 s there',
    modes: strict,
    servicesLag: true,
    longest: 3 * effect,
    async inject() {
      for (let round = 0; round < 6; round++) {
        await stopApiServer();
        await pause(5000);
        await startApiServer();
        await pause(5000);
      }
    },
  },
];

async function deletePod({ cluster }: FaultContext, member: string, grace?: number): Promise<void> {
  const before = (await cluster.pod(member)).metadata.uid;
  const options = grace === undefined ? {} : { gracePeriodSeconds: grace };
  await cluster.live.delete('Pod', cluster.namespace, podName(member), options);
  await until(`another pod of ${member}`, effect, async () => {
    const now = await cluster.live.get('Pod', cluster.namespace, podName(member));
    return now !== undefined && now.metadata.uid !== before;
  });
}

/** Does `fault` and waits until kubelet has started the primary's container again. */
async function restarted({ cluster, primary }: FaultContext, fault: () => Promise<unknown>): Promise<void> {
  const count = async (): Promise<string> => {
    const pod = await cluster.pod(primary);
    const database = pod.status?.containerStatuses?.find((status) => status.name === 'database');
    return `${pod.metadata.uid} ${database?.restartCount}`;
  };
  const before = await count();
  await fault();
  await until(
    `the container of ${primary} to be started again`,
    effect + backOff,
    async () => (await count()) !== before,
  );
}

async function signalled(
  { cluster, primary }: FaultContext,
  which: (process: ContainerProcess) => boolean,
  signal: NodeJS.Signals,
): Promise<void> {
  const found = await processes(cluster, primary, which);
  if (found.length === 0) throw new Error(`no such process in the container of ${primary}`);
  for (const { pid } of found) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // The first one killed may have taken others with it.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

const isPostmaster = ({ name, commandLine }: ContainerProcess): boolean =>
  name === 'postgres' && !commandLine.startsWith('postgres:');
const isPatroni = ({ commandLine }: ContainerProcess): boolean =>
  /python/.test(commandLine) && /patroni|start\.py/.test(commandLine);

async function processes(
  cluster: DeployedCluster,
  member: string,
  which: (process: ContainerProcess) => boolean,
): Promise<ContainerProcess[]> {
  const pod = await cluster.pod(member);
  const id = pod.status?.containerStatuses?.find(({ name }) => name === 'database')?.containerID;
  if (!id || !pod.metadata.uid) return [];
  return containerProcesses(pod.metadata.uid, id).filter(which);
}

/** A statement that takes more memory than the container may have: the kernel kills its backend. */
async function outOfMemory({ cluster, primary }: FaultContext): Promise<void> {
  const hog = `set work_mem = '64GB'; select count(*) from (select distinct md5(i::text) || repeat('x', 900) from generate_series(1, 4000000) i offset 0) t`;
  const failed = await cluster.sql(podName(primary), hog, 60_000).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (failed === undefined)
    throw new Error('the statement ended, so the container has more memory than it was given');
}

/**
 * Volume and pod of a member go. A new claim of the same name is what its StatefulSet waits
 * for, whoever makes it; Patroni fills it from the primary.
 */
export async function loseVolume({ live, namespace }: DeployedCluster, member: string): Promise<void> {
  const name = names.dataVolume(member);
  const claim = await live.get('PersistentVolumeClaim', namespace, name);
  if (!claim) throw new Error(`there is no PersistentVolumeClaim ${name}`);
  await live.delete('PersistentVolumeClaim', namespace, name);
  await live.delete('Pod', namespace, podName(member), { gracePeriodSeconds: 0 });
  await until(`${name} to be gone`, effect, async () => {
    return (await live.get('PersistentVolumeClaim', namespace, name)) === undefined;
  });
  const { accessModes, storageClassName, resources } = claim.spec ?? {};
  await live.create('PersistentVolumeClaim', {
    metadata: { name, namespace, labels: claim.metadata.labels },
    spec: { accessModes, storageClassName, resources },
  });
}

async function until(what: string, deadline: number, check: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + deadline;
  // The API server may be away for a moment: that is no answer.
  while (!(await check().catch(() => false))) {
    if (performance.now() > end) throw new Error(`waited ${deadline / 1000} s in vain for ${what}`);
    await pause(200);
  }
}
