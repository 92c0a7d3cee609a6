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
    require('pulumi-postgres-ha/dist/actions/backup/provider.js').provider.check(olds, news),
  diff: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/backup/provider.js').provider.diff(id, olds, news),
  create: (inputs) => require('pulumi-postgres-ha/dist/actions/backup/provider.js').provider.create(inputs),
  read: (id, props) => require('pulumi-postgres-ha/dist/actions/backup/provider.js').provider.read(id, props),
  update: (id, olds, news) =>
    require('pulumi-postgres-ha/dist/actions/backup/provider.js').provider.update(id, olds, news),
  delete: (id, props) =>
    require('pulumi-postgres-ha/dist/actions/backup/provider.js').provider.delete(id, props),
};

/** What is backed up, and where to. */
export interface BackupArgs extends ActionArgs {
  /** `full`, `diff` or `incr`. Default: full. */
  type?: pulumi.Input<string>;
  /** Number of the repository. Default: 1. */
  repository?: pulumi.Input<number>;
  /** Notes that are kept with the backup and shown by `pgbackrest info`. Default: none. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Whether backups that the retention no longer covers are removed afterwards. Default: true. */
  expire?: pulumi.Input<boolean>;
}

/** Takes a backup now, in a Job that goes on without the client. */
export class Backup extends ActionResource {
  constructor(name: string, args: BackupArgs, opts?: pulumi.CustomResourceOptions) {
    super(shell, 'Backup', name, args, opts);
  }
}
