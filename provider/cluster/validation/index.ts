import type { ResolvedArgs } from '../resolved';
import type { ClusterSpec } from '../spec';
import type { Problem } from './problem';

export type { Problem } from './problem';
export { renderProblems } from './problem';

/** Everything that is wrong with the arguments, at once. Values that are not known yet are passed over. */
export function validate(name: string, args: ResolvedArgs): Problem[] {
  void name;
  void args;
  return [];
}

/** A password and the argument it came from. */
export interface GivenPassword {
  readonly path: string;
  readonly value: string;
}

/** Passwords are checked apart, since they are secret and no part of `ResolvedArgs`. The problems hold nothing of them. */
export function validatePasswords(passwords: readonly GivenPassword[]): Problem[] {
  void passwords;
  return [];
}

/** What can't be done to a living cluster: `old` is what lives, `wanted` what the program says now. */
export function validateChange(old: ClusterSpec, wanted: ClusterSpec): Problem[] {
  void old;
  void wanted;
  return [];
}
