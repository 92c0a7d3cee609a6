/** What a workload did, and what it knows of each write's fate: data only. */

/**
 * `ok`: the server acknowledged it. `fail`: it was certainly not committed. `unknown`: it was
 * sent, and the answer was lost or says nothing about the commit: it may be there or not.
 */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** Times are milliseconds of one monotonic clock of the process that ran the workload. */
export interface Operation {
  readonly invoked: number;
  readonly completed: number;
  readonly outcome: Outcome;
  /** Why it was not ok. */
  readonly reason?: string;
}

/** A row with a number that no other write has. */
export interface Append extends Operation {
  readonly kind: 'append';
  /** The writer: each has one connection and writes one row after another. */
  readonly key: number;
  readonly id: number;
}

/** A compare-and-set of the register: `value` is a number that no other write has. */
export interface Cas extends Operation {
  readonly kind: 'cas';
  readonly expected: number;
  readonly value: number;
}

/** A read of the register (with a row lock, so that only a primary answers). Without `value` it failed. */
export interface Read extends Operation {
  readonly kind: 'read';
  readonly value?: number;
}

export interface History {
  readonly appends: readonly Append[];
  readonly register: readonly (Cas | Read)[];
}

/** The tables as they are at the end. */
export interface FinalState {
  /** In the order of their sequence number. */
  readonly rows: readonly { readonly key: number; readonly id: number }[];
  readonly register: number;
}

/** The register's value before the first write. */
export const initialRegister = 0;
