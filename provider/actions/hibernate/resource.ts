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
    require('pulumi-postgres-ha/dist/actions/hibernate/provider.js').provider.check(olds, news),
  diff: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/hibernate/provider.js').provider.diff(id, olds, news),
  create: (inputs) =>
    require('pulumi-postgres-ha/dist/actions/hibernate/provider.js').provider.create(inputs),
  read: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/hibernate/provider.js').provider.read(id, props),
  update: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/hibernate/provider.js').provider.update(id, olds, news),
  delete: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/hibernate/provider.js').provider.delete(id, props),
};

/** Whether the cluster sleeps. */
export interface HibernateArgs extends ActionArgs {
  /** True: all members are stopped, volumes and backups stay; false: they are started again. Default: true. */
  hibernated?: pulumi.Input<boolean>;
}

/**
 * Stops a whole cluster, in an order in which nothing is lost, or starts it again. While it sleeps it costs its
 * volumes alone; `pulumi up` changes what it is to be, and waits for nothing.
 */
export class Hibernate extends ActionResource {
  constructor(name: string, args: HibernateArgs, opts?: pulumi.CustomResourceOptions) {
    super(shell, 'Hibernate', name, args, opts);
  }
}
