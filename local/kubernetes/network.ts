// The cluster's network: one bridge (the "fabric") in a namespace without any iptables rule,
// and a cable (veth pair) from it to the host, to the control plane and to each node. Pods'
// networks are routed over it. The host's own iptables are never touched.
import * as fs from 'node:fs';
import { isIP } from 'node:net';
import { run } from './processes';
import {
  controlPlaneAddress,
  controlPlaneNamespace,
  fabricCidr,
  fabricNamespace,
  hostAddress,
  hostDevice,
  nodes,
  podCidr,
  prefix,
  serviceCidr,
} from './settings';

export const ourNamespaces = (): string[] =>
  fs.existsSync('/run/netns')
    ? fs.readdirSync('/run/netns').filter((name) => name.startsWith(`${prefix}-`))
    : [];

const ip = (...args: string[]): Promise<string> => run('ip', ...args);
const ipIn = (namespace: string, ...args: string[]): Promise<string> => run('ip', '-n', namespace, ...args);

/** One `ip -batch` for many settings: each call of ip costs a fork, and there are dozens. */
async function batch(namespace: string | undefined, lines: string[]): Promise<void> {
  const target = namespace ? `-n ${namespace} ` : '';
  await run('sh', '-c', `printf '%s\\n' "$@" | ip ${target}-batch -`, 'sh', ...lines);
}

function number(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

export function overlaps(a: string, b: string): boolean {
  const [first, second] = [a, b].map((cidr) => {
    const [address = '', bits = '32'] = cidr.split('/');
    const size = 2 ** (32 - Number(bits));
    const start = Math.floor(number(address) / size) * size;
    return { start, end: start + size - 1 };
  });
  return first!.start <= second!.end && second!.start <= first!.end;
}

/** Refuses to hide somebody else's network behind ours. */
export async function checkAddressesAreFree(): Promise<void> {
  for (const line of (await ip('-4', 'route', 'show')).split('\n')) {
    const target = line.split(' ')[0] ?? '';
    if (!isIP(target.split('/')[0] ?? '') || line.includes(`dev ${hostDevice}`)) continue;
    const taken = [fabricCidr, podCidr, serviceCidr].find((cidr) => overlaps(cidr, target));
    if (taken)
      throw new Error(
        `this machine already routes ${target} ("${line.trim()}"), but the local cluster needs ${taken}: remove that route first`,
      );
  }
}

/** A cable from the fabric to a namespace, where it is eth0. */
async function connect(namespace: string, port: string, address: string): Promise<void> {
  await ip('netns', 'add', namespace);
  await ipIn(
    fabricNamespace,
    'link',
    'add',
    port,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    namespace,
  );
  await Promise.all([
    batch(fabricNamespace, [`link set ${port} master fabric up`]),
    batch(namespace, ['link set lo up', `addr add ${address}/16 dev eth0`, 'link set eth0 up']),
  ]);
  const routes = nodes()
    .filter((node) => node.address !== address)
    .map((node) => `route add ${node.podCidr} via ${node.address}`);
  // Services are virtual: kube-proxy rewrites them, but the kernel wants a route before that.
  await batch(namespace, [...routes, `route add ${serviceCidr} dev eth0`]);
  await run('nsenter', `--net=/run/netns/${namespace}`, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
}

export async function createNetwork(): Promise<void> {
  await checkAddressesAreFree();
  await ip('netns', 'add', fabricNamespace);
  await batch(fabricNamespace, ['link add fabric type bridge', 'link set lo up', 'link set fabric up']);
  await ip('link', 'add', hostDevice, 'type', 'veth', 'peer', 'name', 'host', 'netns', fabricNamespace);
  await batch(fabricNamespace, ['link set host master fabric up']);
  await connect(controlPlaneNamespace, 'control', controlPlaneAddress);
  await Promise.all(nodes().map((node) => connect(node.namespace, node.name, node.address)));
  await batch(undefined, [
    `addr add ${hostAddress}/16 dev ${hostDevice}`,
    `link set ${hostDevice} up`,
    ...nodes().map((node) => `route add ${node.podCidr} via ${node.address}`),
    // The control plane has a kube-proxy of its own: the host reaches Services even when a node is cut off.
    `route add ${serviceCidr} via ${controlPlaneAddress}`,
  ]);
}

/** Pulls the node's cable out of the fabric, or puts it in again. Addresses and routes stay. */
export async function setCable(port: string, connected: boolean): Promise<void> {
  await ipIn(fabricNamespace, 'link', 'set', port, connected ? 'up' : 'down');
}

export async function removeNetwork(): Promise<void> {
  // The kernel removes the cables, bridges, routes and iptables rules of a namespace with it.
  for (const namespace of ourNamespaces()) await ip('netns', 'delete', namespace).catch(() => undefined);
  if (fs.existsSync(`/sys/class/net/${hostDevice}`))
    await ip('link', 'delete', hostDevice).catch(() => undefined);
  // `ip netns add` made the folder a mount point (ip-netns(8)); it goes if nobody else has a namespace there.
  if (fs.existsSync('/run/netns') && !fs.readdirSync('/run/netns').length) {
    await run('umount', '/run/netns').catch(() => undefined);
    fs.rmdirSync('/run/netns');
  }
}
