/**
 * Whether a change of Endpoints reaches clients again. After the API server was away, whoever follows
 * it by list and watch (the controller that mirrors Endpoints to EndpointSlices, each kube-proxy) asks
 * again only after a pause that has grown to 30 to 60 s (client-go 0.34, tools/cache/reflector.go:
 * backoff "will stop at [30,60) sec interval"). A failover in that time is done, but its Service
 * follows later: that is Kubernetes' own second fault, not what a test of one fault means to measure.
 */
import { connect } from 'node:net';
import { until } from '../../local/until';
import { Connection } from '../../provider/live/client';
import type { DeployedCluster } from './cluster';

const name = 'path-probe';
const port = 8008;

/** Makes a Service without selector, with Endpoints as Patroni makes them, and waits until it leads to the primary. */
export async function servicesFollow(cluster: DeployedCluster, deadline = 120_000): Promise<void> {
  const { kubeconfig, namespace } = cluster;
  const primary = await until('asking for the primary', deadline / 1000, () => cluster.primary());
  const address = (await cluster.pod(primary)).status!.podIP!;
  const api = await Connection.open({ kubeconfig });
  const call = (method: string, plural: string, own: string, body?: unknown): Promise<string> =>
    api.request({
      method,
      path: `/api/v1/namespaces/${namespace}/${plural}${own}`,
      body,
      attempt: { verb: method.toLowerCase(), plural, namespace, name },
    });
  const ports = [{ name: 'probe', port, protocol: 'TCP' }];
  const metadata = { name, namespace };
  await call('DELETE', 'services', `/${name}`).catch(() => {});
  await call('POST', 'services', '', { metadata, spec: { ports } });
  try {
    await call('DELETE', 'endpoints', `/${name}`).catch(() => {});
    await call('POST', 'endpoints', '', { metadata, subsets: [{ addresses: [{ ip: address }], ports }] });
    const found = JSON.parse(await call('GET', 'services', `/${name}`)) as { spec: { clusterIP: string } };
    const leads = (): Promise<boolean> => accepts(found.spec.clusterIP);
    await until('following a new Service after the API server was back', deadline / 1000, leads, 300);
  } finally {
    // Its Endpoints go with it.
    await call('DELETE', 'services', `/${name}`);
  }
}

function accepts(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
