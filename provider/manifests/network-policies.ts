/** The NetworkPolicies of a cluster: who may reach PostgreSQL and Patroni. */
import type { ClusterSpec } from '../cluster/spec';
import { clusterLabels, memberSelector, metadata } from './metadata';
import { labels, names } from './names';

/**
 * PostgreSQL is open to the pods that the user names (default: all; TLS and SCRAM guard
 * it); Patroni's REST API to members only. The kubelet's probes come from the node, which
 * a NetworkPolicy never blocks (Kubernetes docs, "Network Policies").
 */
export function networkPolicy(spec: ClusterSpec) {
  const { fromNamespaces, fromPods } = spec.networkPolicy;
  const clients = {
    ...(fromNamespaces ? { namespaceSelector: { matchLabels: { ...fromNamespaces } } } : {}),
    ...(fromPods ? { podSelector: { matchLabels: { ...fromPods } } } : {}),
  };
  const members = { podSelector: { matchLabels: memberSelector(spec) } };
  const own = { podSelector: { matchLabels: { [labels.cluster]: spec.name } } };
  const postgres = [{ protocol: 'TCP', port: 5432 }];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec, names.networkPolicy(spec.name), 'postgres'),
    spec: {
      podSelector: { matchLabels: memberSelector(spec) },
      policyTypes: ['Ingress'],
      ingress: [
        Object.keys(clients).length > 0
          ? // The cluster's own pods, then those of its namespace that match, then the named namespaces.
            {
              from: [own, ...(fromPods ? [{ podSelector: { matchLabels: { ...fromPods } } }] : []), clients],
              ports: postgres,
            }
          : { ports: postgres },
        { from: [members], ports: [{ protocol: 'TCP', port: 8008 }] },
      ],
    },
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
