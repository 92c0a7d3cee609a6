/** What the resources of all actions that run once have in common. */
import * as pulumi from '@pulumi/pulumi';
import { actionInputs, type ActionArgs } from './arguments';
import { knownAs, pluginType } from './part';
import { rowOf } from './row';

/** Work on a running cluster, performed once a `trigger`. Deleting the resource does nothing to the cluster. */
export abstract class ActionResource extends pulumi.dynamic.Resource {
  /** What was planned, by trigger. */
  declare readonly plan: pulumi.Output<Record<string, string[]>>;
  /** Digest of the plan, for `approvedPlan`. */
  declare readonly planDigest: pulumi.Output<string>;
  /** PostgreSQL's system identifier and the Kubernetes cluster's own. */
  declare readonly identity: pulumi.Output<Record<string, string>>;

  constructor(
    shell: pulumi.dynamic.ResourceProvider,
    type: string,
    name: string,
    args: ActionArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const row = rowOf(name, type, opts?.parent);
    const computed = { plan: undefined, planDigest: undefined, identity: undefined };
    const inputs = { ...computed, row, ...actionInputs(name, args) };
    super(shell, name, inputs, knownAs(pluginType(type), opts), 'postgres-ha', type);
  }
}
