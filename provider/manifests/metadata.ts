/** The metadata that every object of a cluster carries. */
import type { ClusterSpec } from '../cluster/spec';
import { labels, memberLabels } from './names';

/** What an object is for: the value of the component label. */
export type Component = 'postgres' | 'certificates' | 'repository' | 'backup' | 'pooler';

/** The labels by which every object of the cluster is found; the user's own come first, so that they never replace ours. */
export function clusterLabels(spec: ClusterSpec, component?: Component): Record<string, string> {
  return {
    ...spec.metadata.labels,
    'app.kubernetes.io/name': 'postgresql',
    'app.kubernetes.io/instance': spec.name,
    'app.kubernetes.io/managed-by': 'pulumi-postgres-ha',
    [labels.cluster]: spec.name,
    ...(component ? { [labels.component]: component } : {}),
  };
}

/** The labels that select the pods of members. They are immutable in a StatefulSet, hence few. */
export function memberSelector(spec: ClusterSpec): Record<string, string> {
  return memberLabels(spec.name);
}

/** Metadata of an object named `name`. */
export function metadata(
  spec: ClusterSpec,
  name: string,
  component?: Component,
  annotations: Readonly<Record<string, string>> = {},
) {
  const all = { ...spec.metadata.annotations, ...annotations };
  return {
    name,
    namespace: spec.namespace,
    labels: clusterLabels(spec, component),
    ...(Object.keys(all).length > 0 ? { annotations: all } : {}),
  };
}

/** Pulumi must not wait for an object whose readiness is the Rollout's business. */
export const skipAwait = { 'pulumi.com/skipAwait': 'true' } as const;

/**
 * Like skipAwait for creation and update: any object that exists is good enough, and the Rollout waits for what it is to
 * become. But its deletion is waited for: skipAwait would leave a StatefulSet's pods still stopping (pulumi-kubernetes,
 * metadata/overrides.go, allowsSkipAwaitWithDelete).
 */
export const awaitDeletionOnly = { 'pulumi.com/waitFor': 'jsonpath={.metadata.uid}' } as const;
