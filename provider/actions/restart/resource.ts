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
    require('pulumi-postgres-ha/dist/actions/restart/provider.js').provider.check(olds, news),
  diff: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/restart/provider.js').provider.diff(id, olds, news),
  create: (inputs) => require('pulumi-postgres-ha/dist/actions/restart/provider.js').provider.create(inputs),
  read: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/restart/provider.js').provider.read(id, props),
  update: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/restart/provider.js').provider.update(id, olds, news),
  delete: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/restart/provider.js').provider.delete(id, props),
};

/** What restarts, and how. */
export interface RestartArgs extends ActionArgs {
  /** Names of the members that restart. Default: all that are not fenced. */
  members?: pulumi.Input<pulumi.Input<string>[]>;
  /** Only those of them that wait for a restart, since a parameter needs one. Default: false. */
  pending?: pulumi.Input<boolean>;
  /** The primary restarts where it is, instead of a switchover: writes wait until it is back. Default: false. */
  inPlace?: pulumi.Input<boolean>;
}

/** Restarts PostgreSQL of members, one at a time: replicas first, then, after a switchover, the old primary. */
export class Restart extends ActionResource {
  constructor(name: string, args: RestartArgs, opts?: pulumi.CustomResourceOptions) {
    super(shell, 'Restart', name, args, opts);
  }
}
