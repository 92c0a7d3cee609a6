/** The NetworkPolicies of a cluster: who may reach PostgreSQL and Patroni. */
import type { ClusterSpec } from '../cluster/spec';
import { clusterLabels, memberSelector, metadata } from './metadata';
import { metricsPort } from './containers';
import { exporterPort } from './exporter';
import { backupPort } from '../config/pgbackrest';
import { labels, names } from './names';
import { repositorySelector } from './repository-host';
import { backupSelector } from './repository-jobs';

const backups = [{ protocol: 'TCP', port: backupPort }];

/**
 * PostgreSQL is open to the pods that the user names (default: all; TLS and SCRAM guard
 * it); Patroni's REST API to members only. The kubelet's probes come from the node, which
 * a NetworkPolicy never blocks (Kubernetes docs, "Network Policies").
 */
export function networkPolicy(spec: ClusterSpec) {
  const members = { podSelector: { matchLabels: memberSelector(spec) } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec, names.networkPolicy(spec.name), 'postgres'),
    spec: {
      podSelector: { matchLabels: memberSelector(spec) },
      policyTypes: ['Ingress'],
      ingress: [
        clients(spec),
        { from: [members], ports: [{ protocol: 'TCP', port: 8008 }] },
        // Prometheus is mostly in a namespace of its own; there is nothing secret in them.
        {
          ports: [metricsPort, ...(spec.metrics ? [exporterPort] : [])].map((port) => ({
            protocol: 'TCP',
            port,
          })),
        },
        ...(spec.repositories.length > 0
          ? [{ from: [{ podSelector: { matchLabels: backupSelector(spec) } }], ports: backups }]
          : []),
      ],
    },
  };
}

/** Who may connect to PostgreSQL, or to the pooler before it. */
export function clients(spec: ClusterSpec) {
  const { fromNamespaces, fromPods } = spec.networkPolicy;
  const given = {
    ...(fromNamespaces ? { namespaceSelector: { matchLabels: { ...fromNamespaces } } } : {}),
    ...(fromPods ? { podSelector: { matchLabels: { ...fromPods } } } : {}),
  };
  const own = { podSelector: { matchLabels: { [labels.cluster]: spec.name } } };
  const ports = [{ protocol: 'TCP', port: 5432 }];
  if (Object.keys(given).length === 0) return { ports };
  // The cluster's own pods, then those of its namespace that match, then the named namespaces.
  return {
    from: [own, ...(fromPods ? [{ podSelector: { matchLabels: { ...fromPods } } }] : []), given],
    ports,
  };
}

/** The certificate renewal accepts no connection at all. */
export function renewalNetworkPolicy(spec: ClusterSpec) {
  const name = names.renewal(spec.name);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec, name, 'certificates'),
    spec: {
      podSelector: {
        matchLabels: {
          [labels.cluster]: clusterLabels(spec)[labels.cluster]!,
          [labels.component]: 'certificates',
        },
      },
      policyTypes: ['Ingress'],
      ingress: [],
    },
  };
}

/**
 * The repository host: members of this cluster, its jobs, and members of any cluster of the namespace, since a new
 * one may be restored from here; the certificate decides which of them gets in.
 */
export function repositoryNetworkPolicy(spec: ClusterSpec) {
  const members = { podSelector: { matchLabels: { [labels.component]: 'postgres' } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec, names.repositoryHost(spec.name), 'repository'),
    spec: {
      podSelector: { matchLabels: repositorySelector(spec) },
      policyTypes: ['Ingress'],
      ingress: [{ from: [members, { podSelector: { matchLabels: backupSelector(spec) } }], ports: backups }],
    },
  };
}

/** Jobs accept no connection at all. */
export function backupNetworkPolicy(spec: ClusterSpec) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec, `${spec.name}-backup`, 'backup'),
    spec: { podSelector: { matchLabels: backupSelector(spec) }, policyTypes: ['Ingress'], ingress: [] },
  };
}
