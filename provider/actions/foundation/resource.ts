import * as pulumi from '@pulumi/pulumi';
import { knownAs, pluginPart, pluginType, type Part } from '../core/part';
import { rowOf } from '../core/row';
import type { FoundationInputs } from './inputs';

/**
 * The provider object lands in Pulumi's state as text. So it holds nothing but `require` of a
 * path that stays for ever, in the *installed* package: state never contains our code, and an
 * upgrade of the package shows no diff. The test tests/unit/actions/shell.test.ts serialises it.
 */
export const shell: pulumi.dynamic.ResourceProvider = {
  check: (olds, news) =>
    require('pulumi-postgres-ha/dist/actions/foundation/provider.js').provider.check(olds, news),
  diff: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/foundation/provider.js').provider.diff(id, olds, news),
  create: (inputs) =>
    require('pulumi-postgres-ha/dist/actions/foundation/provider.js').provider.create(inputs),
  read: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/foundation/provider.js').provider.read(id, props),
  update: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/foundation/provider.js').provider.update(id, olds, news),
  delete: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/foundation/provider.js').provider.delete(id, props),
};

export type FoundationArgs = {
  [K in keyof FoundationInputs]: pulumi.Input<FoundationInputs[K]>;
};

/** Volumes, Secrets, certificates and ConfigMaps of a cluster: everything that outlives a pod or changes while it runs. */
export class Foundation extends pulumi.dynamic.Resource {
  /** What was planned, by trigger. */
  declare readonly plan: pulumi.Output<Record<string, string[]>>;
  /** PostgreSQL's system identifier and the Kubernetes cluster's own, as far as known when it was last changed. */
  declare readonly identity: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: FoundationArgs, opts?: pulumi.CustomResourceOptions) {
    const row = rowOf(name, 'Foundation', opts?.parent);
    super(
      shell,
      name,
      { plan: undefined, identity: undefined, row, ...args },
      knownAs(pluginType('Foundation'), opts),
      'postgres-ha',
      'Foundation',
    );
  }
}

/** In the form that this process takes. */
export function makeFoundation(name: string, args: FoundationArgs, opts: pulumi.CustomResourceOptions): Part {
  return pluginPart('Foundation', name, args, opts) ?? new Foundation(name, args, opts);
}
