/** `pgha restore`: a cluster in place, or the way back. */
import type { Command } from 'commander' with { 'resolution-mode': 'import' };
import type { GivenTarget } from '../../config/recovery-target';
import { restore } from '../../actions/restore/provider';
import { act, type ActionOptions } from './action-commands';
import type { Output } from './commands';

interface RestoreOptions extends ActionOptions {
  readonly pitrTarget?: string;
  readonly lsn?: string;
  readonly xid?: string;
  readonly restorePoint?: string;
  readonly immediate?: boolean;
  readonly backup?: string;
  readonly repository?: string;
  readonly keep?: string;
  readonly undo?: boolean;
}

export function addRestore(
  command: Command,
  output: Output,
  say: (text: string) => void,
  done: (work: Promise<number>) => Promise<void>,
): void {
  command
    .option('--pitr-target <time>', 'up to this time, with a zone (default: to the end of the archive)')
    .option('--lsn <position>', 'up to this position in WAL')
    .option('--xid <transaction>', 'up to this transaction')
    .option('--restore-point <name>', 'up to this restore point')
    .option('--immediate', 'only until the backup is consistent')
    .option('--backup <label>', 'from this backup (default: the newest that the target allows)')
    .option('--repository <number>', 'number of the repository (default: 1)')
    .option('--keep <time>', 'how long the data of before are kept for --undo (default: 1d)')
    .option('--undo', 'bring back the data of before the last restore')
    .action((cluster: string, options: RestoreOptions) =>
      done(act(output, say, restore, cluster, wanted(options), options)),
    );
}

function wanted({
  pitrTarget,
  lsn,
  xid,
  restorePoint,
  immediate,
  backup,
  repository,
  keep,
  undo,
}: RestoreOptions) {
  const target: GivenTarget = {
    ...(pitrTarget === undefined ? {} : { time: pitrTarget }),
    ...(lsn === undefined ? {} : { lsn }),
    ...(xid === undefined ? {} : { xid }),
    ...(restorePoint === undefined ? {} : { name: restorePoint }),
    ...(immediate ? { immediate } : {}),
    ...(backup === undefined ? {} : { backup }),
  };
  return {
    ...(Object.keys(target).length > 0 ? { target } : {}),
    ...(repository === undefined ? {} : { repository: Number(repository) }),
    ...(keep === undefined ? {} : { keepOldDataFor: keep }),
    ...(undo ? { undo } : {}),
  };
}
