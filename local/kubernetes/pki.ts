// The cluster's certificates: one authority, made new with every cluster by localkube's `pki`,
// and never used for anything else.
import * as fs from 'node:fs';
import { runWithInput } from './processes';
import { apiServiceAddress, apiUrl, controlPlaneAddress, inState, kubeconfigFile, nodes } from './settings';

export const pkiFile = (name: string): string => inState('pki', name);

interface Subject {
  file: string;
  commonName: string;
  organization?: string;
  dns?: string[];
  ip?: string[];
  kubeconfig?: boolean;
}

function subjects(): Subject[] {
  return [
    {
      file: 'apiserver',
      commonName: 'kube-apiserver',
      dns: [
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
      ],
      ip: [apiServiceAddress, controlPlaneAddress, '127.0.0.1'],
    },
    { file: 'front-proxy-client', commonName: 'front-proxy-client' },
    // system:masters is what cluster-admin is bound to before any RBAC object exists.
    {
      file: 'apiserver-kubelet-client',
      commonName: 'kube-apiserver-kubelet-client',
      organization: 'system:masters',
    },
    { file: 'admin', commonName: 'kubernetes-admin', organization: 'system:masters', kubeconfig: true },
    { file: 'addons', commonName: 'local-addons', organization: 'system:masters', kubeconfig: true },
    { file: 'controller-manager', commonName: 'system:kube-controller-manager', kubeconfig: true },
    { file: 'scheduler', commonName: 'system:kube-scheduler', kubeconfig: true },
    { file: 'kube-proxy', commonName: 'system:kube-proxy', kubeconfig: true },
    ...nodes().map((node) => ({
      file: node.name,
      commonName: `system:node:${node.name}`,
      organization: 'system:nodes',
      dns: [node.name],
      ip: [node.address],
      kubeconfig: true,
    })),
  ];
}

export async function createPki(localkube: string): Promise<void> {
  fs.mkdirSync(inState('pki'), { recursive: true, mode: 0o700 });
  const all = subjects();
  await runWithInput(localkube, ['pki', '--directory', inState('pki')], JSON.stringify(all));
  const ca = fs.readFileSync(pkiFile('ca.crt'));
  for (const { file, commonName } of all.filter((subject) => subject.kubeconfig)) {
    const text = kubeconfig(
      commonName,
      ca,
      fs.readFileSync(pkiFile(`${file}.crt`)),
      fs.readFileSync(pkiFile(`${file}.key`)),
    );
    fs.writeFileSync(kubeconfigFile(file), text, { mode: 0o600 });
  }
  fs.copyFileSync(kubeconfigFile('admin'), inState('kubeconfig'));
}

/** JSON is YAML too: no library needed. */
function kubeconfig(user: string, ca: Buffer, certificate: Buffer, key: Buffer): string {
  const base64 = (text: Buffer): string => text.toString('base64');
  const name = 'pulumi-postgres-ha-local';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: apiUrl, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user, namespace: 'default' } }],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
