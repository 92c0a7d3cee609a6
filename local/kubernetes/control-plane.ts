// etcd, the API server, the controllers, the scheduler, cluster DNS and the volume provisioner,
// in a network namespace that no fault of a node touches. Whatever decides how soon a failure is
// noticed (leases, tolerations, node monitor) is left at Kubernetes' defaults.
import * as fs from 'node:fs';
import { request } from './api';
import { corefile } from './dns';
import { proxyConfig } from './node';
import { pkiFile } from './pki';
import { type Programs } from './programs';
import { type Service, runningPid, start, stop, tail } from './processes';
import {
  apiPort,
  controlPlaneAddress,
  controlPlaneNamespace,
  inState,
  kubeconfigFile,
  nodes,
  podCidr,
  serviceCidr,
} from './settings';
import { until } from '../until';

// etcd speaks plain HTTP, but only on the loopback device of a namespace of its own.
const etcdUrl = 'http://127.0.0.1:2379';

export const controlPlaneNames = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'coredns',
  'provisioner',
] as const;
export type ControlPlaneName = (typeof controlPlaneNames)[number];

function apiServerArguments(): string[] {
  return [
    `--advertise-address=${controlPlaneAddress}`,
    `--secure-port=${apiPort}`,
    `--etcd-servers=${etcdUrl}`,
    `--service-cluster-ip-range=${serviceCidr}`,
    `--client-ca-file=${pkiFile('ca.crt')}`,
    `--tls-cert-file=${pkiFile('apiserver.crt')}`,
    `--tls-private-key-file=${pkiFile('apiserver.key')}`,
    `--kubelet-certificate-authority=${pkiFile('ca.crt')}`,
    `--kubelet-client-certificate=${pkiFile('apiserver-kubelet-client.crt')}`,
    `--kubelet-client-key=${pkiFile('apiserver-kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    // The front door of aggregated API servers; its absence also fills the controllers' logs.
    `--requestheader-client-ca-file=${pkiFile('ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pkiFile('front-proxy-client.crt')}`,
    `--proxy-client-key-file=${pkiFile('front-proxy-client.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pkiFile('service-account.pub')}`,
    `--service-account-signing-key-file=${pkiFile('service-account.key')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    '--profiling=false',
  ];
}

export function controlPlaneServices(programs: Programs): Record<ControlPlaneName, Service> {
  const service = (name: ControlPlaneName, command: string[]): Service => ({
    name,
    namespace: controlPlaneNamespace,
    command,
  });
  const kube = (name: ControlPlaneName, args: string[]): Service =>
    service(name, [programs.localkube, name, ...args]);
  const user = (name: string): string[] =>
    ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
      (flag) => `--${flag}=${kubeconfigFile(name)}`,
    );
  return {
    etcd: kube('etcd', [
      '--name=local',
      `--data-dir=${inState('etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      '--listen-peer-urls=http://127.0.0.1:2380',
      '--initial-advertise-peer-urls=http://127.0.0.1:2380',
      '--initial-cluster=local=http://127.0.0.1:2380',
      // A cluster that is thrown away needs no durable writes, and the disk is shared with PostgreSQL.
      '--unsafe-no-fsync',
      '--log-level=warn',
    ]),
    'kube-apiserver': kube('kube-apiserver', apiServerArguments()),
    'kube-controller-manager': kube('kube-controller-manager', [
      ...user('controller-manager'),
      '--bind-address=127.0.0.1',
      `--cluster-cidr=${podCidr}`,
      `--root-ca-file=${pkiFile('ca.crt')}`,
      `--service-account-private-key-file=${pkiFile('service-account.key')}`,
      `--cluster-signing-cert-file=${pkiFile('ca.crt')}`,
      `--cluster-signing-key-file=${pkiFile('ca.key')}`,
      '--use-service-account-credentials=true',
      `--flex-volume-plugin-dir=${inState('control', 'volume-plugins')}`,
      '--profiling=false',
      // One of each: an election would only delay the start and every restart.
      '--leader-elect=false',
    ]),
    'kube-scheduler': kube('kube-scheduler', [
      ...user('scheduler'),
      '--bind-address=127.0.0.1',
      '--profiling=false',
      '--leader-elect=false',
    ]),
    'kube-proxy': kube('kube-proxy', [`--config=${inState('control', 'kube-proxy.json')}`]),
    coredns: service('coredns', [programs.coredns, '-conf', inState('control', 'Corefile')]),
    provisioner: kube('provisioner', [
      `--kubeconfig=${kubeconfigFile('addons')}`,
      `--root=${inState('volumes')}`,
    ]),
  };
}

export async function apiReady(): Promise<boolean> {
  return (await request('GET', '/readyz')).status === 200;
}

/** Waits for the API server, and stops waiting at once when it or etcd has ended. */
export async function waitForApi(seconds = 60): Promise<void> {
  let dead: string | undefined;
  await until('starting the API server', seconds, async () => {
    dead = ['etcd', 'kube-apiserver'].find((name) => runningPid(name) === undefined);
    return dead !== undefined || apiReady();
  });
  if (dead) throw new Error(`${dead} ended while the API server started:\n${tail(dead)}`);
}

/** etcd and the API server: all others only wait for it. */
export async function startApi(programs: Programs): Promise<void> {
  const services = controlPlaneServices(programs);
  await start(services.etcd);
  await start(services['kube-apiserver']);
}

export async function startControllers(programs: Programs): Promise<void> {
  fs.mkdirSync(inState('control'), { recursive: true });
  fs.mkdirSync(inState('volumes'), { recursive: true });
  fs.writeFileSync(inState('control', 'Corefile'), corefile(kubeconfigFile('addons')));
  // kube-proxy wants to be on a node: this one acts for the host, with the first node's view.
  const hostname = nodes()[0]!.name;
  fs.writeFileSync(
    inState('control', 'kube-proxy.json'),
    JSON.stringify(proxyConfig(kubeconfigFile('kube-proxy'), hostname), null, 2),
  );
  const services = controlPlaneServices(programs);
  for (const name of controlPlaneNames.slice(2)) await start(services[name]);
}

export async function restart(programs: Programs, name: ControlPlaneName, grace = 10): Promise<void> {
  await stop(name, grace);
  await start(controlPlaneServices(programs)[name]);
}
