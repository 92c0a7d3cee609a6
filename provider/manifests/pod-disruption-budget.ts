/** The PodDisruptionBudget of a cluster. */
import type { ClusterSpec } from '../cluster/spec';
import { memberSelector, metadata, skipAwait } from './metadata';
import { names } from './names';

/**
 * At most one member at a time is evicted, whichever it is: a budget on the primary alone
 * would block a node's drain (zalando/postgres-operator#611, cloudnative-pg#3034), and the
 * preStop hook hands leadership over. A single member has no budget, for the same reason.
 */
export function podDisruptionBudget(spec: ClusterSpec) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(spec, names.podDisruptionBudget(spec.name), 'postgres', skipAwait),
    spec: { maxUnavailable: 1, selector: { matchLabels: memberSelector(spec) } },
  };
}
