/** The Services of a cluster. */
import type { ClusterSpec } from '../cluster/spec';
import { memberSelector, metadata, skipAwait } from './metadata';
import { labels, names } from './names';

const postgresPort = { name: 'postgresql', port: 5432, protocol: 'TCP', targetPort: 5432 };

/**
 * The Service of the primary has no selector: Patroni writes its Endpoints in the same
 * request by which it takes the leader lock, so that clients follow at once and never
 * reach two members (kubernetes.use_endpoints, Patroni docs/kubernetes.rst).
 */
export function primaryService(spec: ClusterSpec) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(spec, names.primaryService(spec.name), 'postgres', {
      ...spec.service.annotations,
      ...skipAwait,
    }),
    spec: { type: spec.service.type, ports: [postgresPort] },
  };
}

/** Streaming replicas only. */
export function replicaService(spec: ClusterSpec) {
  return selecting(spec, names.replicaService(spec.name), { [labels.role]: 'replica' });
}

/** Every member that is ready, whatever its role. */
export function anyService(spec: ClusterSpec) {
  return selecting(spec, names.anyService(spec.name), {});
}

function selecting(spec: ClusterSpec, name: string, extra: Record<string, string>) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    // Without replicas the replica Service has no endpoints: Pulumi must not wait for them.
    metadata: metadata(spec, name, 'postgres', { ...spec.service.annotations, ...skipAwait }),
    spec: { type: spec.service.type, selector: { ...memberSelector(spec), ...extra }, ports: [postgresPort] },
  };
}

/** Headless: a DNS name for each member, also before it is ready, for host lists and for members among themselves. */
export function membersService(spec: ClusterSpec) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(spec, names.membersService(spec.name), 'postgres', skipAwait),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: memberSelector(spec),
      ports: [postgresPort, { name: 'patroni', port: 8008, protocol: 'TCP', targetPort: 8008 }],
    },
  };
}

/**
 * Patroni keeps its state in annotations of Endpoints named like these Services. When
 * kube-controller-manager starts, its endpoints controller deletes Endpoints that have no
 * Service (checkLeftoverEndpoints in pkg/controller/endpoint of Kubernetes 1.34), and with
 * `NAME-sync` the knowledge of who may be promoted. A Service without selector keeps each.
 */
export function dcsServices(spec: ClusterSpec) {
  return names.dcsServices(spec.name).map((name) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(spec, name, 'postgres', skipAwait),
    spec: { clusterIP: 'None' },
  }));
}

/** All of them, with what each is called in the component. */
export function services(spec: ClusterSpec) {
  return {
    primary: primaryService(spec),
    replica: replicaService(spec),
    any: anyService(spec),
    members: membersService(spec),
  };
}
