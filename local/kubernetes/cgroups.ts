// The cluster's part of the cgroup tree: pgha/system holds the components, pgha/NODE is the
// root that a node's kubelet works under. Every process that the cluster ever forked is in one
// of them, which is how tear-down finds what a crash left.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { prefix } from './settings';

const mount = '/sys/fs/cgroup';

export const isCgroupV2 = (): boolean => fs.existsSync(path.join(mount, 'cgroup.controllers'));

/** The folders of all hierarchies: one in version 2, one a controller in version 1. */
function hierarchies(): string[] {
  if (isCgroupV2()) return [mount];
  const roots = fs
    .readdirSync(mount)
    // `unified` is version 2 without controllers and of no use; links (cpu -> cpu,cpuacct) are doubles.
    .filter((entry) => entry !== 'unified' && fs.lstatSync(path.join(mount, entry)).isDirectory())
    .map((entry) => path.join(mount, entry))
    .filter((entry) => fs.existsSync(path.join(entry, 'cgroup.procs')));
  if (!roots.length)
    throw new Error(
      `no cgroup hierarchy is mounted under ${mount}: mount cgroup2 or the v1 controllers there`,
    );
  return roots;
}

/** The folders a component's process is put into. One hierarchy is enough to find it again. */
export function systemCgroup(): string[] {
  const root = isCgroupV2()
    ? mount
    : (hierarchies().find((h) => path.basename(h) === 'pids') ?? hierarchies()[0]!);
  return [path.join(root, prefix, 'system')];
}

export function createCgroups(nodeNames: string[]): void {
  for (const root of hierarchies()) {
    const ours = path.join(root, prefix);
    fs.mkdirSync(ours, { recursive: true });
    if (path.basename(root) === 'cpuset') inheritCpuset(root, ours);
    if (isCgroupV2()) for (const directory of [root, ours]) delegateControllers(directory);
    for (const name of ['system', ...nodeNames]) {
      const directory = path.join(ours, name);
      fs.mkdirSync(directory, { recursive: true });
      if (path.basename(root) === 'cpuset') inheritCpuset(ours, directory);
      if (isCgroupV2() && name !== 'system') delegateControllers(directory);
    }
  }
}

/** A version-1 cpuset without processors and memory takes no process; it starts empty. */
function inheritCpuset(parent: string, child: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    fs.writeFileSync(path.join(child, file), fs.readFileSync(path.join(parent, file), 'utf8').trim());
  }
}

/** Without these kubelet ends, or limits nothing; the others (cpuset, io, hugetlb, …) it can do without. */
const neededControllers = ['cpu', 'memory', 'pids'];

function delegateControllers(directory: string): void {
  const available = fs
    .readFileSync(path.join(directory, 'cgroup.controllers'), 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
  const delegate = (controllers: string[]): void =>
    fs.writeFileSync(
      path.join(directory, 'cgroup.subtree_control'),
      controllers.map((controller) => `+${controller}`).join(' '),
    );
  const missing = neededControllers.filter((controller) => !available.includes(controller));
  if (missing.length)
    throw new Error(
      `${directory}/cgroup.controllers does not offer ${missing.join(', ')}: the nodes need them`,
    );
  try {
    // In one go: cpu and pids alone would also be taken where processes lie, and make the children useless.
    delegate(neededControllers);
  } catch (error) {
    // A container's root is no real one: "no internal processes" of cgroups(7) holds for it.
    throw new Error(
      `the cgroup controllers ${neededControllers.join(', ')} cannot be handed on from ${directory} ` +
        `(${error instanceof Error ? error.message : String(error)}): if processes lie in it, as in a container, ` +
        `move them: mkdir -p ${directory}/init && xargs -rn1 < ${directory}/cgroup.procs > ${directory}/init/cgroup.procs`,
      { cause: error },
    );
  }
  for (const controller of available.filter((one) => !neededControllers.includes(one))) {
    try {
      delegate([controller]);
    } catch {
      // Some cannot be delegated here (rdma, misc); kubelet says which of them it misses.
    }
  }
}

function walk(directory: string, visit: (directory: string) => void): void {
  let entries: fs.Dirent[];
  try {
    entries = fs.readdirSync(directory, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) if (entry.isDirectory()) walk(path.join(directory, entry.name), visit);
  visit(directory);
}

export function processesIn(directory: string): number[] {
  try {
    return fs
      .readFileSync(path.join(directory, 'cgroup.procs'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

/** All processes of the cluster, those of pods included. */
export function clusterProcesses(): number[] {
  const found = new Set<number>();
  for (const root of hierarchies()) {
    walk(path.join(root, prefix), (directory) => processesIn(directory).forEach((pid) => found.add(pid)));
  }
  return [...found];
}

/** Folders under a node's part of the tree whose last part satisfies the test, in one hierarchy. */
export function findCgroups(node: string, matches: (name: string) => boolean): string[] {
  const root = path.dirname(systemCgroup()[0]!);
  const found: string[] = [];
  walk(path.join(root, node), (directory) => {
    if (matches(path.basename(directory))) found.push(directory);
  });
  return found;
}

/** The folders of a pod's container, in every hierarchy; `containerId` as in the pod's status. */
export function containerCgroups(podUid: string, containerId: string): string[] {
  const own = path.join(`pod${podUid}`, containerId.replace(/^containerd:\/\//, ''));
  return hierarchies().flatMap((root) => {
    const found: string[] = [];
    walk(path.join(root, prefix), (directory) => {
      if (directory.endsWith(own)) found.push(directory);
    });
    return found;
  });
}

/** runc also makes its folders in the version-2 tree that lies beside version 1, if there is one. */
function allRoots(): string[] {
  const unified = path.join(mount, 'unified');
  return [...hierarchies(), ...(fs.existsSync(path.join(unified, 'cgroup.procs')) ? [unified] : [])];
}

/** Removes the cluster's part of the tree; a folder that still has processes stays and is returned. */
export const removeCgroups = (): string[] => remove(prefix);

/** The pods' folders of a node whose processes are gone: a machine that boots has none, and kubelet
 * would ask containerd for each of them for seconds. */
export const removePodCgroups = (node: string): string[] => remove(path.join(prefix, node, 'kubepods'));

function remove(part: string): string[] {
  const left: string[] = [];
  for (const root of allRoots()) {
    walk(path.join(root, part), (directory) => {
      thaw(directory);
      try {
        fs.rmdirSync(directory);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') left.push(directory);
      }
    });
  }
  return left;
}

/** A frozen process cannot die of a signal (version 1) until it is thawed. */
export function thawAll(): void {
  for (const root of allRoots()) walk(path.join(root, prefix), thaw);
}

function thaw(directory: string): void {
  for (const [file, value] of [
    ['freezer.state', 'THAWED'],
    ['cgroup.freeze', '0'],
  ] as const) {
    const control = path.join(directory, file);
    if (fs.existsSync(control)) fs.writeFileSync(control, value);
  }
}

/** Processor time that a pod's containers have used so far, in seconds; undefined once its cgroup is gone. */
export function podCpuSeconds(node: string, uid: string): number | undefined {
  const root = isCgroupV2() ? mount : path.join(mount, 'cpuacct');
  let seconds: number | undefined;
  walk(path.join(root, prefix, node), (directory) => {
    if (path.basename(directory) === `pod${uid}`) seconds = cpuSeconds(directory) ?? seconds;
  });
  return seconds;
}

function cpuSeconds(directory: string): number | undefined {
  try {
    if (!isCgroupV2()) return Number(fs.readFileSync(path.join(directory, 'cpuacct.usage'), 'utf8')) / 1e9;
    const stat = fs.readFileSync(path.join(directory, 'cpu.stat'), 'utf8');
    return Number(/^usage_usec (\d+)$/m.exec(stat)?.[1]) / 1e6;
  } catch {
    return undefined;
  }
}
