// The names and addresses of the cluster that local/ makes by itself. All addresses lie in
// 10.213.0.0/16 – 10.215.0.0/16, a range of its own, so that load and fault tests can only hit
// what the project made.
import * as path from 'node:path';

export const kubernetesVersion = '1.34.4';

/** Prefix of every network namespace, and the name of the cgroup and of the host's device. */
export const prefix = 'pgha';

export const fabricCidr = '10.213.0.0/16';
export const podCidr = '10.214.0.0/16';
export const serviceCidr = '10.215.0.0/16';
export const hostAddress = '10.213.0.1';
export const controlPlaneAddress = '10.213.0.2';
/** The first address of the Service range is the API server's own, by convention. */
export const apiServiceAddress = '10.215.0.1';
export const dnsServiceAddress = '10.215.0.10';
export const apiPort = 6443;
export const apiUrl = `https://${controlPlaneAddress}:${apiPort}`;

export const storageClassName = 'local';
export const provisionerName = 'pulumi-postgres-ha.local/directory';

export const fabricNamespace = `${prefix}-fabric`;
export const controlPlaneNamespace = `${prefix}-control`;

/** Folders of the machine that nodes mount over; made if absent and removed if empty. */
export const hostMountPoints = ['/var/lib/cni', '/var/lib/kubelet'];

export interface NodeSettings {
  name: string;
  index: number;
  namespace: string;
  address: string;
  podCidr: string;
  zone: string;
  /** Everything of this node on disk. */
  directory: string;
}

export function nodeSettings(index: number): NodeSettings {
  const name = `node${index}`;
  return {
    name,
    index,
    namespace: `${prefix}-${name}`,
    address: `10.213.0.${10 + index}`,
    podCidr: `10.214.${index}.0/24`,
    zone: `zone-${index}`,
    directory: path.join(stateDirectory(), 'nodes', name),
  };
}

export const nodes = (): NodeSettings[] => [1, 2, 3].map(nodeSettings);

export function findNode(name: string): NodeSettings {
  const node = nodes().find((candidate) => candidate.name === name);
  if (!node)
    throw new Error(
      `there is no node ${name}: the nodes are ${nodes()
        .map((n) => n.name)
        .join(', ')}`,
    );
  return node;
}

export function stateDirectory(): string {
  return process.env.PULUMI_POSTGRES_HA_STATE || '/var/lib/pulumi-postgres-ha';
}

export const inState = (...parts: string[]): string => path.join(stateDirectory(), ...parts);

export const kubeconfigFile = (user: string): string => inState('pki', `${user}.kubeconfig`);
