/** What a validator is: a function that yields the problems it sees. */
import type { ResolvedArgs } from '../resolved';
import { isUnknown } from '../spec';
import type { Problem } from './problem';

export interface Subject {
  readonly name: string;
  /** Of the right shape (shape.ts); a value that is not known yet, or was of a wrong type, is UNKNOWN. */
  readonly args: ResolvedArgs;
}

export type Check = (subject: Subject) => Iterable<Problem>;

/** A value that is given and known, or undefined: then there is nothing to check. */
export function known<T>(value: T | undefined): T | undefined {
  return isUnknown(value) ? undefined : value;
}

/** The items of a list, known or not; none of a list that is not known. */
export function items<T>(list: readonly T[] | undefined): readonly T[] {
  return known(list) ?? [];
}

/** The entries of a map with known values; none of a map that is not known. */
export function entries(map: Readonly<Record<string, string>> | undefined): [string, string][] {
  return Object.entries(known(map) ?? {}).filter(([, value]) => !isUnknown(value));
}
