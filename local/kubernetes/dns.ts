// Cluster DNS: CoreDNS as a process of the control plane. The Service has no selector; its
// EndpointSlice names the control plane's address.
import { apply } from './api';
import { controlPlaneAddress, dnsServiceAddress } from './settings';

/** Names outside of the cluster do not exist: a refusal instead would look like a passing failure. */
export function corefile(kubeconfig: string): string {
  return `cluster.local:53 in-addr.arpa:53 {
    bind ${controlPlaneAddress}
    errors
    health 127.0.0.1:8080
    ready 127.0.0.1:8181
    kubernetes cluster.local in-addr.arpa {
        kubeconfig ${kubeconfig}
        pods insecure
        endpoint_pod_names
        ttl 5
    }
    cache 5
    loadbalance
}
.:53 {
    bind ${controlPlaneAddress}
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;
}

export async function createDnsService(): Promise<void> {
  const labels = { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS' };
  const ports = (['UDP', 'TCP'] as const).map((protocol) => ({
    name: `dns-${protocol.toLowerCase()}`,
    protocol,
    port: 53,
  }));
  await apply('/api/v1/namespaces/kube-system/services/kube-dns', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
    spec: { clusterIP: dnsServiceAddress, ports: ports.map((port) => ({ ...port, targetPort: 53 })) },
  });
  await apply('/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices/kube-dns-local', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'kube-dns-local',
      namespace: 'kube-system',
      labels: {
        'kubernetes.io/service-name': 'kube-dns',
        'endpointslice.kubernetes.io/managed-by': 'pulumi-postgres-ha-local',
      },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: [controlPlaneAddress], conditions: { ready: true } }],
    ports,
  });
}
