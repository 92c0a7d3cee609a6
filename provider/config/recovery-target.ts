/** The target of a restore as programs write it, in pgBackRest's terms. Pure. */
import { recoveryTime } from './recovery-time';
import type { RestoreTarget } from './restore-target';

/** `RecoveryTargetArgs` with its values known. */
export interface GivenTarget {
  readonly backup?: string;
  readonly time?: string;
  readonly lsn?: string;
  readonly xid?: string;
  readonly name?: string;
  readonly immediate?: boolean;
  /** Of a new cluster alone, as `timeline` is: in place, the one that the cluster is on is followed. */
  readonly untilGap?: boolean;
  readonly timeline?: string;
}

export const targetKeys = ['time', 'lsn', 'xid', 'name'] as const;

/** Without any, the end of the archive. More than one is refused elsewhere; here the first counts. */
export function recoveryTarget(given: GivenTarget): RestoreTarget {
  const type = targetKeys.find((key) => given[key] !== undefined);
  const text = type && given[type];
  const target = type === 'time' && text !== undefined ? recoveryTime(text) : text;
  const { backup, timeline, untilGap } = given;
  const optional = { target, backup, timeline, untilGap };
  return {
    type: type ?? (given.immediate === true ? 'immediate' : 'default'),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}
