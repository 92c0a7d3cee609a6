import * as pulumi from '@pulumi/pulumi';
import { knownAs, pluginPart, pluginType, type Part } from '../core/part';
import { rowOf } from '../core/row';
import type { RolloutInputs } from './inputs';

/**
 * The provider object lands in Pulumi's state as text. So it holds nothing but `require` of a
 * path that stays for ever, in the *installed* package: state never contains our code, and an
 * upgrade of the package shows no diff. The test tests/unit/actions/shell.test.ts serialises it.
 */
export const shell: pulumi.dynamic.ResourceProvider = {
  check: (olds, news) =>
    require('pulumi-postgres-ha/dist/actions/rollout/provider.js').provider.check(olds, news),
  diff: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/rollout/provider.js').provider.diff(id, olds, news),
  create: (inputs) => require('pulumi-postgres-ha/dist/actions/rollout/provider.js').provider.create(inputs),
  read: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/rollout/provider.js').provider.read(id, props),
  update: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/rollout/provider.js').provider.update(id, olds, news),
  delete: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/rollout/provider.js').provider.delete(id, props),
};

export type RolloutArgs = {
  [K in keyof RolloutInputs]: pulumi.Input<RolloutInputs[K]>;
};

/** Makes the running pods what the StatefulSets say, in a safe order, and waits until the cluster is ready. */
export class Rollout extends pulumi.dynamic.Resource {
  /** What was planned, by trigger. */
  declare readonly plan: pulumi.Output<Record<string, string[]>>;
  /** PostgreSQL's system identifier and the Kubernetes cluster's own. */
  declare readonly identity: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: RolloutArgs, opts?: pulumi.CustomResourceOptions) {
    const row = rowOf(name, 'Rollout', opts?.parent);
    super(
      shell,
      name,
      { plan: undefined, identity: undefined, row, ...args },
      knownAs(pluginType('Rollout'), opts),
      'postgres-ha',
      'Rollout',
    );
  }
}

/** In the form that this process takes. */
export function makeRollout(name: string, args: RolloutArgs, opts: pulumi.CustomResourceOptions): Part {
  return pluginPart('Rollout', name, args, opts) ?? new Rollout(name, args, opts);
}
