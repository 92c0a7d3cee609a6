// Removes every trace of the local cluster, whatever state it is in: running, half started,
// killed, or made by another version. It goes by what the kernel knows (cgroup, network
// namespaces, devices), not by what files say.
import * as fs from 'node:fs';
import { processStart } from '../build/lock';
import { clusterProcesses, removeCgroups, thawAll } from './cgroups';
import { ourNamespaces, removeNetwork } from './network';
import { run, signal } from './processes';
import { anyInstance, hostMountPoints, stateDirectory } from './settings';
import { until } from '../until';

function alive(pid: number): boolean {
  return processStart(pid) !== undefined;
}

/** Processes inside one of our network namespaces: for those a foreign hand took out of the cgroup. */
function processesInNamespaces(): number[] {
  const ours = new Set(
    ourNamespaces().map((name) => {
      const { dev, ino } = fs.statSync(`/run/netns/${name}`);
      return `${dev}:${ino}`;
    }),
  );
  if (!ours.size) return [];
  return fs
    .readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const { dev, ino } = fs.statSync(`/proc/${pid}/ns/net`);
        return ours.has(`${dev}:${ino}`);
      } catch {
        return false;
      }
    });
}

export const leftProcesses = (): number[] =>
  [...new Set([...clusterProcesses(), ...processesInNamespaces()])].filter(
    (pid) => pid !== process.pid && alive(pid),
  );

async function killAll(): Promise<void> {
  thawAll();
  await until(
    'ending all processes',
    30,
    async () => {
      const left = leftProcesses();
      for (const pid of left) signal(pid, 'SIGKILL');
      return left.length === 0;
    },
    50,
  );
}

/** Mounts below the state directory that are in the host's own namespace: none of ours, but a crash of an old version may leave some. */
async function unmountLeftovers(): Promise<void> {
  const below = `${stateDirectory()}/`;
  const mounts = fs
    .readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => (line.split(' ')[1] ?? '').replace(/\\040/g, ' '))
    .filter((target) => target.startsWith(below))
    .reverse();
  for (const target of mounts) await run('umount', '--lazy', target);
}

const otherClusters = (): boolean =>
  fs.existsSync('/run/netns') && fs.readdirSync('/run/netns').some((name) => anyInstance.test(name));

export interface Leftovers {
  processes: number[];
  namespaces: string[];
  cgroups: string[];
}

export async function tearDown(): Promise<Leftovers> {
  await killAll();
  await removeNetwork();
  await unmountLeftovers();
  // The kernel empties a cgroup a moment after its last process is gone.
  let cgroups = removeCgroups();
  await until('removing the cgroups', 10, async () => (cgroups = removeCgroups()).length === 0).catch(
    () => undefined,
  );
  // Removing a folder would take it out of the nodes of another cluster too.
  for (const directory of otherClusters() ? [] : hostMountPoints) {
    try {
      fs.rmdirSync(directory);
    } catch {
      // It is not there, or somebody else's files are in it.
    }
  }
  // The lock of whoever tears down is kept: its holder removes it.
  const entries = fs.existsSync(stateDirectory()) ? fs.readdirSync(stateDirectory()) : [];
  const paths = entries
    .filter((entry) => !entry.startsWith('.lock'))
    .map((entry) => `${stateDirectory()}/${entry}`);
  // rm(1) is many times faster than fs.rm on the ten thousands of files of three containerds.
  if (paths.length) await run('rm', '-rf', '--one-file-system', ...paths);
  return { processes: leftProcesses(), namespaces: ourNamespaces(), cgroups };
}
