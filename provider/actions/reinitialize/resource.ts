import type * as pulumi from '@pulumi/pulumi';
import type { ActionArgs } from '../core/arguments';
import { ActionResource } from '../core/resource';

/**
 * The provider object lands in Pulumi's state as text. So it holds nothing but `require` of a
 * path that stays for ever, in the *installed* package: state never contains our code, and an
 * upgrade of the package shows no diff. The test tests/unit/actions/shell.test.ts serialises it.
 */
export const shell: pulumi.dynamic.ResourceProvider = {
  check: (olds, news) =>
    require('pulumi-postgres-ha/dist/actions/reinitialize/provider.js').provider.check(olds, news),
  diff: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/reinitialize/provider.js').provider.diff(id, olds, news),
  create: (inputs) =>
    require('pulumi-postgres-ha/dist/actions/reinitialize/provider.js').provider.create(inputs),
  read: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/reinitialize/provider.js').provider.read(id, props),
  update: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/reinitialize/provider.js').provider.update(id, olds, news),
  delete: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/reinitialize/provider.js').provider.delete(id, props),
};

/** Which replica is made anew. */
export interface ReinitializeArgs extends ActionArgs {
  /** Name of the replica; the primary is refused. */
  member: pulumi.Input<string>;
}

/** Removes the data of a replica and copies it anew, from the primary or from a backup. */
export class Reinitialize extends ActionResource {
  constructor(name: string, args: ReinitializeArgs, opts?: pulumi.CustomResourceOptions) {
    super(shell, 'Reinitialize', name, args, opts);
  }
}
