// A node: a network, a mount and a process namespace that share a first process, and in them a
// containerd, a kubelet and a kube-proxy. As on a machine, nothing of a node outlives its first
// process: the kernel kills every process of the namespace, and its mounts go with the last one.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { cniConfig, containerdConfig, containerdReady, containerdSocket } from './containerd';
import { removePodCgroups } from './cgroups';
import { copyRoot } from './images';
import { pkiFile } from './pki';
import { type Service, logFile, run, runningPid, signal, start } from './processes';
import {
  type NodeSettings,
  dnsServiceAddress,
  hostMountPoints,
  kubeconfigFile,
  podCidr,
  prefix,
} from './settings';
import { until } from '../until';

const file = (node: NodeSettings, ...parts: string[]): string => path.join(node.directory, ...parts);
export const imageMarker = (node: NodeSettings): string => file(node, 'images');
const readyMarker = (node: NodeSettings): string => file(node, 'ready');
export const service = (node: NodeSettings, component: string): string => `${node.name}-${component}`;

export const nodeServices = (node: NodeSettings): string[] =>
  ['init', 'containerd', 'kubelet', 'kube-proxy'].map((component) => service(node, component));

/** The node's containerd as reached from outside of its mount namespace. */
export function socketOf(node: NodeSettings): string {
  const first = runningPid(service(node, 'init'));
  if (first === undefined) throw new Error(`${node.name} is not running`);
  return `/proc/${first}/root${containerdSocket}`;
}

/** Places that kubelet and CNI use whatever they are told: each node has its own behind these names. */
const privateDirectories = ['/var/log', ...hostMountPoints];

/** Runs as process 1 of the node: prepares its mounts, then only takes up orphans. */
function initScript(node: NodeSettings): string {
  return `set -e
mount --make-rshared /
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/lock /run/containerd
${privateDirectories.map((directory) => `mkdir -p ${directory} ${file(node, 'private', directory)}\nmount --bind ${file(node, 'private', directory)} ${directory}`).join('\n')}
: > ${readyMarker(node)}
trap : TERM INT HUP
while :; do sleep 1000000 & wait $! || :; done
`;
}

function kubeletConfig(node: NodeSettings): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pkiFile('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pkiFile(`${node.name}.crt`),
    tlsPrivateKeyFile: pkiFile(`${node.name}.key`),
    volumePluginDir: file(node, 'volume-plugins'),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${prefix}/${node.name}`,
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [dnsServiceAddress],
    clusterDomain: 'cluster.local',
    // The machine's own name servers are nothing that a pod here could reach.
    resolvConf: file(node, 'resolv.conf'),
    // The machine's disk is shared with everything else: only a disk that is really full evicts,
    // and images are never collected, since nothing here could pull them again.
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'nodefs.inodesFree': '1%',
    },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
  };
}

export function proxyConfig(kubeconfig: string, hostname: string): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig },
    hostnameOverride: hostname,
    mode: 'iptables',
    clusterCIDR: podCidr,
    // Connection tracking's limits belong to the machine: a namespace may not set them.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}

/** Everything a node needs on disk; done while the control plane starts. */
export async function prepareNode(node: NodeSettings, images: { key: string; root: string }): Promise<void> {
  fs.mkdirSync(file(node, 'cni'), { recursive: true });
  const files = {
    'resolv.conf': '',
    'cni/10-pods.conflist': cniConfig(node),
    'containerd.toml': containerdConfig(
      file(node, 'containerd'),
      '/run/containerd',
      containerdSocket,
      file(node, 'cni'),
    ),
    'kubelet.json': JSON.stringify(kubeletConfig(node), null, 2),
    'kube-proxy.json': JSON.stringify(proxyConfig(kubeconfigFile('kube-proxy'), node.name), null, 2),
  };
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(file(node, name), content);
  if (fs.existsSync(imageMarker(node))) return;
  await copyRoot(images.root, file(node, 'containerd'));
  fs.writeFileSync(imageMarker(node), images.key);
}

/** The node's first process and its containerd: they need no API server. */
export async function startRuntime(node: NodeSettings): Promise<void> {
  if (runningPid(service(node, 'init')) === undefined) {
    fs.rmSync(readyMarker(node), { force: true });
    await until(`emptying ${node.name}`, 20, async () => removePodCgroups(node.name).length === 0, 50);
  }
  const unshare = [
    'unshare',
    '--mount',
    '--propagation=private',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  await start({
    name: service(node, 'init'),
    namespace: node.namespace,
    forks: true,
    command: [...unshare, 'bash', '-c', initScript(node), `${prefix}-${node.name}`],
  });
  await until(`preparing ${node.name}`, 20, async () => fs.existsSync(readyMarker(node)), 20);
  await start(inNode(node, 'containerd', ['containerd', '--config', file(node, 'containerd.toml')]));
  await until(`starting containerd of ${node.name}`, 30, () => containerdReady(socketOf(node)));
}

export async function startKubelet(node: NodeSettings, localkube: string): Promise<void> {
  await start(
    inNode(node, 'kubelet', [
      localkube,
      'kubelet',
      `--config=${file(node, 'kubelet.json')}`,
      `--kubeconfig=${kubeconfigFile(node.name)}`,
      `--root-dir=${file(node, 'kubelet')}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.address}`,
      `--node-labels=topology.kubernetes.io/region=local,topology.kubernetes.io/zone=${node.zone}`,
    ]),
  );
}

export async function startProxy(node: NodeSettings, localkube: string): Promise<void> {
  await start(
    inNode(node, 'kube-proxy', [localkube, 'kube-proxy', `--config=${file(node, 'kube-proxy.json')}`]),
  );
}

function inNode(node: NodeSettings, component: string, command: string[]): Service {
  const inside = runningPid(service(node, 'init'));
  if (inside === undefined)
    throw new Error(`${node.name} is not running (log: ${logFile(service(node, 'init'))})`);
  return { name: service(node, component), namespace: node.namespace, inside, command };
}

/** As pulling the plug: every process of the node, pods included, is gone at once. */
export async function killNode(node: NodeSettings): Promise<void> {
  const first = runningPid(service(node, 'init'));
  if (first === undefined) return;
  signal(first, 'SIGKILL');
  await until(`killing ${node.name}`, 20, async () => runningPid(service(node, 'init')) === undefined, 20);
}

export async function startNode(node: NodeSettings, localkube: string): Promise<void> {
  await startRuntime(node);
  await startKubelet(node, localkube);
  await startProxy(node, localkube);
}

/** Runs a command in the node's network namespace. */
export const inNetwork = (node: NodeSettings, ...command: string[]): Promise<string> =>
  run('nsenter', `--net=/run/netns/${node.namespace}`, '--', ...command);
