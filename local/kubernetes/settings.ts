// The names and addresses of the cluster that local/ makes by itself. All addresses lie in
// three /16 networks of its own (10.213 – 10.215 for the first), so that load and fault tests can
// only hit what the project made.
import * as os from 'node:os';
import * as path from 'node:path';

export const kubernetesVersion = '1.34.4';

/** Several clusters can be on one machine, each with its own names, addresses and state: 0 to 9. */
const instance = Number(process.env.PULUMI_POSTGRES_HA_INSTANCE || 0);
if (!Number.isInteger(instance) || instance < 0 || instance > 9)
  throw new Error(
    `PULUMI_POSTGRES_HA_INSTANCE is "${process.env.PULUMI_POSTGRES_HA_INSTANCE}": use a whole number from 0 to 9`,
  );
const suffix = instance || '';

/** Prefix of every network namespace, and the name of the cgroup. */
export const prefix = `pgha${suffix}`;
/** The network namespaces of any such cluster on this machine. */
export const anyInstance = /^pgha\d?-/;
export const hostDevice = `${prefix}-host`;

const [fabric, pods, services] = [0, 1, 2].map((part) => `10.${213 + 3 * instance + part}`);
export const fabricCidr = `${fabric}.0.0/16`;
export const podCidr = `${pods}.0.0/16`;
export const serviceCidr = `${services}.0.0/16`;
export const hostAddress = `${fabric}.0.1`;
export const controlPlaneAddress = `${fabric}.0.2`;
/** The first address of the Service range is the API server's own, by convention. */
export const apiServiceAddress = `${services}.0.1`;
export const dnsServiceAddress = `${services}.0.10`;
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
    address: `${fabric}.0.${10 + index}`,
    podCidr: `${pods}.${index}.0/24`,
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

/** Only root makes a cluster of its own; whoever is not root has Docker's, and writes below its home. */
export function stateDirectory(environment = process.env, root = process.getuid?.() === 0): string {
  if (environment.PULUMI_POSTGRES_HA_STATE) return environment.PULUMI_POSTGRES_HA_STATE;
  const base = root ? '/var/lib' : environment.XDG_STATE_HOME || path.join(os.homedir(), '.local', 'state');
  return path.join(base, `pulumi-postgres-ha${suffix}`);
}

/** Of a cluster that is not our own, beside it: what our own leaves behind is deleted whenever it starts anew. */
export const stateBeside = (cluster: 'kind' | 'named'): string => `${stateDirectory()}-${cluster}`;

export const inState = (...parts: string[]): string => path.join(stateDirectory(), ...parts);

export const kubeconfigFile = (user: string): string => inState('pki', `${user}.kubeconfig`);
