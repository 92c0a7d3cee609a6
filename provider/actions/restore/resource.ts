import type * as pulumi from '@pulumi/pulumi';
import type { RecoveryTargetArgs } from '../../cluster/args-backups';
import type { ActionArgs } from '../core/arguments';
import { ActionResource } from '../core/resource';

/**
 * The provider object lands in Pulumi's state as text. So it holds nothing but `require` of a
 * path that stays for ever, in the *installed* package: state never contains our code, and an
 * upgrade of the package shows no diff. The test tests/unit/actions/shell.test.ts serialises it.
 */
export const shell: pulumi.dynamic.ResourceProvider = {
  check: (olds, news) =>
    require('pulumi-postgres-ha/dist/actions/restore/provider.js').provider.check(olds, news),
  diff: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/restore/provider.js').provider.diff(id, olds, news),
  create: (inputs) => require('pulumi-postgres-ha/dist/actions/restore/provider.js').provider.create(inputs),
  read: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/restore/provider.js').provider.read(id, props),
  update: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/restore/provider.js').provider.update(id, olds, news),
  delete: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/restore/provider.js').provider.delete(id, props),
};

/** How far back a running cluster goes. It is done only with `approvedPlan`. */
export interface RestoreArgs extends ActionArgs {
  /** How far. Default: to the end of the archive. */
  target?: pulumi.Input<RecoveryTargetArgs>;
  /** Number of the repository that the backup is taken from. Default: 1. */
  repository?: pulumi.Input<number>;
  /** How long the data of before stay on the volume of the restored member once the cluster accepts writes again, for `undo`: "90min", "36h", "7d", or "0". Default: "1d". */
  keepOldDataFor?: pulumi.Input<string>;
  /** True: the data of before the last restore come back, and what was written since is kept in their place for a while. Default: false. */
  undo?: pulumi.Input<boolean>;
}

/**
 * Restores a whole cluster in place, from a backup up to a target. All members stop; the data of now are moved aside
 * and kept; one member is restored and leads, the others are made anew; a full backup follows.
 */
export class Restore extends ActionResource {
  constructor(name: string, args: RestoreArgs, opts?: pulumi.CustomResourceOptions) {
    super(shell, 'Restore', name, args, opts);
  }
}
