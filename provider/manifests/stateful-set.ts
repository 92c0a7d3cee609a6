/** A member: one StatefulSet with one pod. */
import type { ClusterSpec } from '../cluster/spec';
import { awaitDeletionOnly, memberSelector, metadata } from './metadata';
import { labels, names } from './names';
import { podTemplate } from './pod-template';

/**
 * No `replicas`: the API server makes it 1, and it belongs to whoever stops and starts the cluster
 * (actions/hibernate); a field that Pulumi owns could not be changed without a conflict at the next `up`.
 *
 * A StatefulSet a member, so that any member can be the one that goes, and a member has its
 * own settings. `OnDelete`: nothing restarts a pod but Kubernetes after a failure, and a
 * Rollout. The volumes are claimed by name, not by a template, because a template's size
 * can't be changed (kubernetes/enhancements#661).
 */
export function statefulSet(spec: ClusterSpec, member: string) {
  const selector = { ...memberSelector(spec), [labels.member]: member };
  // At destroy a member goes before the repository host, which its last WAL still goes to.
  const meta = metadata(spec, member, 'postgres', awaitDeletionOnly);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...meta, labels: { ...meta.labels, [labels.member]: member } },
    spec: {
      serviceName: names.membersService(spec.name),
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'OnDelete' },
      revisionHistoryLimit: 2,
      selector: { matchLabels: selector },
      template: podTemplate(spec, member),
    },
  };
}
