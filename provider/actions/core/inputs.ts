/** Inputs that every action has. None of them is part of a diff. */
export interface ConnectionInputs {
  /** URN of the resource itself, so that its provider can write lines to its row (a dynamic provider is not told it). */
  readonly row?: string;
  /** Kubeconfig, path or content (secret). Default: the ambient one, as kubectl finds it. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Digest of the plan that may be performed, or `any`. */
  readonly approvedPlan?: string;
}

/** Keys of the inputs that say where and how, not what: a change of them changes nothing in the cluster. */
export const connectionKeys: readonly string[] = ['row', 'kubeconfig', 'context', 'approvedPlan'];
