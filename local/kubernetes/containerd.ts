// A containerd a node: its configuration, the CNI configuration of its pods, and the importing
// of images. Inside the node /run is its own, so the daemon's sockets are at their usual places.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { run } from './processes';
import { type NodeSettings } from './settings';

export const pauseImage = 'localhost/pulumi-postgres-ha-pause:1';
export const containerdSocket = '/run/containerd/containerd.sock';
/** Where kubelet's images live in containerd: its own namespace, not Kubernetes'. */
const imageNamespace = 'k8s.io';
const cniBinaries = ['/usr/lib/cni', '/opt/cni/bin'];

/** CAP_SYS_RESOURCE is what lowering a process's OOM score takes (proc(5), oom_score_adj). */
export function mayLowerOomScore(status = fs.readFileSync('/proc/self/status', 'utf8')): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n;
}

export function cniDirectory(): string {
  const found = cniBinaries.find((directory) => fs.existsSync(path.join(directory, 'ptp')));
  if (!found)
    throw new Error(
      `no CNI plugins in ${cniBinaries.join(' or ')}: install the Debian package containernetworking-plugins`,
    );
  return found;
}

export function containerdConfig(root: string, state: string, socket: string, cniConfig: string): string {
  // Plugins that cannot work here only log errors and cost time at the start.
  const disabled = ['aufs', 'btrfs', 'devmapper', 'zfs'].map(
    (name) => `io.containerd.snapshotter.v1.${name}`,
  );
  return `version = 2
root = ${JSON.stringify(root)}
state = ${JSON.stringify(state)}
disabled_plugins = ${JSON.stringify([...disabled, 'io.containerd.internal.v1.opt', 'io.containerd.tracing.processor.v1.otlp'])}
[grpc]
  address = ${JSON.stringify(socket)}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${JSON.stringify(pauseImage)}
  restrict_oom_score_adj = ${!mayLowerOomScore()}
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${JSON.stringify(cniDirectory())}
    conf_dir = ${JSON.stringify(cniConfig)}
`;
}

/**
 * ptp, not bridge: every packet of a pod is routed through the node, so that the answer of a
 * pod on the same node passes the connection tracking that undoes kube-proxy's rewriting, and
 * a pod reaches itself through its Service. A bridge would need br_netfilter and hairpin mode.
 */
export function cniConfig(node: NodeSettings): string {
  const ipam = {
    type: 'host-local',
    dataDir: '/run/cni/networks',
    ranges: [[{ subnet: node.podCidr }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  return JSON.stringify(
    { cniVersion: '1.0.0', name: 'pods', plugins: [{ type: 'ptp', ipMasq: false, ipam }] },
    null,
    2,
  );
}

export async function importImage(socket: string, archive: string): Promise<void> {
  await run(
    'ctr',
    '--address',
    socket,
    '--namespace',
    imageNamespace,
    'images',
    'import',
    '--snapshotter',
    'overlayfs',
    archive,
  );
}

export async function imageNames(socket: string): Promise<string[]> {
  const list = await run(
    'ctr',
    '--address',
    socket,
    '--namespace',
    imageNamespace,
    'images',
    'list',
    '--quiet',
  );
  return list.split('\n').filter((name) => name && !name.startsWith('sha256:'));
}

/** containerd answers. */
export async function containerdReady(socket: string): Promise<boolean> {
  if (!fs.existsSync(socket)) return false;
  await run('ctr', '--address', socket, '--timeout', '2s', 'version');
  return true;
}
