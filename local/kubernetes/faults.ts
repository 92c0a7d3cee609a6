// Real faults for the tests, each of which can be undone. They touch only what the local cluster
// made: its processes, the cables of its fabric and the iptables of its own namespaces.
import * as fs from 'node:fs';
import { findCgroups, processesIn } from './cgroups';
import {
  type ControlPlaneName,
  controlPlaneNames,
  controlPlaneServices,
  restart,
  waitForApi,
} from './control-plane';
import { setCable } from './network';
import { inNetwork, killNode as kill, nodeServices, service, startNode as startAgain } from './node';
import { runningPid, signal, start, stop } from './processes';
import { programs } from './programs';
import {
  type NodeSettings,
  apiServiceAddress,
  controlPlaneAddress,
  dnsServiceAddress,
  findNode,
  nodes,
} from './settings';

function pidOf(name: string): number {
  const pid = runningPid(name);
  if (pid === undefined) throw new Error(`${name} is not running: start it first`);
  return pid;
}

/** Connections to a paused API server stay open and get no answer: the worst way to be away. */
export const pauseApiServer = (): void => signal(pidOf('kube-apiserver'), 'SIGSTOP');
export const resumeApiServer = (): void => signal(pidOf('kube-apiserver'), 'SIGCONT');

/** New connections are refused at once. */
export const stopApiServer = (): Promise<void> => stop('kube-apiserver', 0);

export async function startApiServer(): Promise<void> {
  await start(controlPlaneServices(await programs())['kube-apiserver']);
  await waitForApi();
}

/** Ends a component of the control plane with SIGKILL and starts it again. */
export async function restartComponent(name: ControlPlaneName): Promise<void> {
  await restart(await programs(), name, 0);
}

/** Pulls a node's network cable: its pods run on, but reach and are reached by nothing outside the node. */
export const cutNode = (name: string): Promise<void> => setCable(findNode(name).name, false);
export const healNode = (name: string): Promise<void> => setCable(findNode(name).name, true);

/** Every process of the node ends at once, as when its power fails. */
export const killNode = (name: string): Promise<void> => kill(findNode(name));
export const startNode = async (name: string): Promise<void> =>
  startAgain(findNode(name), (await programs()).localkube);
export const nodeRuns = (name: string): boolean => runningPid(service(findNode(name), 'init')) !== undefined;

function nodeOfPod(podIp: string): NodeSettings {
  const node = nodes().find(({ podCidr }) => podIp.startsWith(podCidr.replace(/0\/24$/, '')));
  if (!node)
    throw new Error(
      `${podIp} is not the address of a pod: those are in ${nodes()
        .map((n) => n.podCidr)
        .join(', ')}`,
    );
  return node;
}

type Rule = [chain: 'PREROUTING' | 'POSTROUTING', ...match: string[]];

// The mangle table: kube-proxy has nothing in it, PREROUTING there sees all that leaves a pod
// (before a Service's address is rewritten) and POSTROUTING all that reaches one (after it).
async function addRules(podIp: string, rules: Rule[]): Promise<void> {
  await removeRules(podIp, rules);
  for (const [chain, ...match] of rules)
    await inNetwork(nodeOfPod(podIp), 'iptables', '-w', '-t', 'mangle', '-I', chain, ...match, '-j', 'DROP');
}

async function removeRules(podIp: string, rules: Rule[]): Promise<void> {
  const node = nodeOfPod(podIp);
  const list = await inNetwork(node, 'iptables', '-w', '-t', 'mangle', '-S');
  for (const [chain, ...match] of rules) {
    const shown = ['-A', chain, ...match].join(' ').replace(/(\d+\.\d+\.\d+\.\d+)/g, '$1/32');
    for (const line of list.split('\n')) {
      if (line === `${shown} -j DROP`)
        await inNetwork(node, 'iptables', '-w', '-t', 'mangle', '-D', chain, ...match, '-j', 'DROP');
    }
  }
}

// kubelet still reaches the pod, as it does when a node is cut off: probes must not end what a
// partition leaves running.
const podRules = (podIp: string): Rule[] => [
  ['PREROUTING', '-s', podIp, '-m', 'addrtype', '!', '--dst-type', 'LOCAL'],
  ['POSTROUTING', '-d', podIp, '-m', 'addrtype', '!', '--src-type', 'LOCAL'],
];
/** Cuts one pod off from everything but its own node's kubelet. */
export const cutPod = (podIp: string): Promise<void> => addRules(podIp, podRules(podIp));
export const healPod = (podIp: string): Promise<void> => removeRules(podIp, podRules(podIp));

const apiRules = (podIp: string): Rule[] =>
  [apiServiceAddress, controlPlaneAddress].map((address): Rule => ['PREROUTING', '-s', podIp, '-d', address]);
/** Cuts one pod off from the API server (and cluster DNS, which is at the same address) alone. */
export const cutPodFromApi = (podIp: string): Promise<void> => addRules(podIp, apiRules(podIp));
export const healPodFromApi = (podIp: string): Promise<void> => removeRules(podIp, apiRules(podIp));

const dnsRules = (podIp: string): Rule[] => [['PREROUTING', '-s', podIp, '-d', dnsServiceAddress]];
/** Cuts one pod off from cluster DNS alone: its questions get no answer, as when a node that had a DNS server on it is lost. */
export const cutPodFromDns = (podIp: string): Promise<void> => addRules(podIp, dnsRules(podIp));
export const healPodFromDns = (podIp: string): Promise<void> => removeRules(podIp, dnsRules(podIp));

/** Undoes every cut and pause, whoever made it, and starts whatever has ended. */
export async function healAll(): Promise<void> {
  const made = await programs();
  for (const name of [...controlPlaneNames, ...nodes().flatMap(nodeServices)]) {
    const pid = runningPid(name);
    if (pid !== undefined) signal(pid, 'SIGCONT');
  }
  const services = controlPlaneServices(made);
  for (const name of ['etcd', 'kube-apiserver'] as const) await start(services[name]);
  await waitForApi();
  for (const name of controlPlaneNames) await start(services[name]);
  for (const node of nodes()) {
    await healNode(node.name);
    for (const chain of ['PREROUTING', 'POSTROUTING'])
      await inNetwork(node, 'iptables', '-w', '-t', 'mangle', '-F', chain);
    await startAgain(node, made.localkube);
  }
}

export interface ContainerProcess {
  /** As the host sees it: for process.kill(). */
  pid: number;
  /** The program's name (at most 15 characters). */
  name: string;
  /** Arguments; PostgreSQL's processes write what they do here. */
  commandLine: string;
}

/** The processes of a pod's container; `containerId` as in the pod's status, with or without `containerd://`. */
export function containerProcesses(podUid: string, containerId: string): ContainerProcess[] {
  const id = containerId.replace(/^containerd:\/\//, '');
  const found: ContainerProcess[] = [];
  for (const node of nodes()) {
    for (const pod of findCgroups(node.name, (name) => name === `pod${podUid}`)) {
      for (const pid of processesIn(`${pod}/${id}`)) {
        const read = (file: string): string => fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
        try {
          found.push({
            pid,
            name: read('comm').trim(),
            commandLine: read('cmdline').replace(/\0/g, ' ').trim(),
          });
        } catch {
          // It ended in between.
        }
      }
    }
  }
  return found;
}
