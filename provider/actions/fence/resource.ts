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
    require('pulumi-postgres-ha/dist/actions/fence/provider.js').provider.check(olds, news),
  diff: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/fence/provider.js').provider.diff(id, olds, news),
  create: (inputs) => require('pulumi-postgres-ha/dist/actions/fence/provider.js').provider.create(inputs),
  read: (id, props) => require('pulumi-postgres-ha/dist/actions/fence/provider.js').provider.read(id, props),
  update: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/fence/provider.js').provider.update(id, olds, news),
  delete: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/fence/provider.js').provider.delete(id, props),
};

/** Who is fenced. */
export interface FenceArgs extends ActionArgs {
  /** Names of the members. A primary hands over first. */
  members: pulumi.Input<pulumi.Input<string>[]>;
  /** True: fence them; false: let them run again. Default: true. */
  fenced?: pulumi.Input<boolean>;
}

/** Stops PostgreSQL and Patroni of members and keeps them stopped, with pod and volume: they can't become primary. Or starts them again. */
export class Fence extends ActionResource {
  constructor(name: string, args: FenceArgs, opts?: pulumi.CustomResourceOptions) {
    super(shell, 'Fence', name, args, opts);
  }
}
