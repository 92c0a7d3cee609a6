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
    require('pulumi-postgres-ha/dist/actions/switchover/provider.js').provider.check(olds, news),
  diff: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/switchover/provider.js').provider.diff(id, olds, news),
  create: (inputs) =>
    require('pulumi-postgres-ha/dist/actions/switchover/provider.js').provider.create(inputs),
  read: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/switchover/provider.js').provider.read(id, props),
  update: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/switchover/provider.js').provider.update(id, olds, news),
  delete: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/switchover/provider.js').provider.delete(id, props),
};

/** Who leads afterwards. */
export interface SwitchoverArgs extends ActionArgs {
  /** Name of the member that shall lead. Default: the best one, which Patroni chooses among the synchronous standbys. */
  to?: pulumi.Input<string>;
}

/** Hands the leadership over to another member; writes wait for a second or two. */
export class Switchover extends ActionResource {
  constructor(name: string, args: SwitchoverArgs, opts?: pulumi.CustomResourceOptions) {
    super(shell, 'Switchover', name, args, opts);
  }
}
