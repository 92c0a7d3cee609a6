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
    require('pulumi-postgres-ha/dist/actions/maintenance/provider.js').provider.check(olds, news),
  diff: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/maintenance/provider.js').provider.diff(id, olds, news),
  create: (inputs) =>
    require('pulumi-postgres-ha/dist/actions/maintenance/provider.js').provider.create(inputs),
  read: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/maintenance/provider.js').provider.read(id, props),
  update: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/maintenance/provider.js').provider.update(id, olds, news),
  delete: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/maintenance/provider.js').provider.delete(id, props),
};

/** Whether Patroni acts. */
export interface MaintenanceArgs extends ActionArgs {
  /** True: no automatic failover until it is resumed; false: resume. Default: true. */
  paused?: pulumi.Input<boolean>;
}

/** Pauses or resumes automatic failover, for work on the infrastructure below: Patroni's maintenance mode. */
export class Maintenance extends ActionResource {
  constructor(name: string, args: MaintenanceArgs, opts?: pulumi.CustomResourceOptions) {
    super(shell, 'Maintenance', name, args, opts);
  }
}
