/**
 * Everything that an action may ask of a running cluster. Planners and executors know only
 * this, so that they can be tested against a recorded world.
 */
import type { Kind, Kinds } from './kinds';

export interface Live {
  /** The API server, for messages. */
  readonly server: string;
  /** The object, or undefined when it does not exist. */
  get<K extends Kind>(kind: K, namespace: string, name: string): Promise<Kinds[K] | undefined>;
  list<K extends Kind>(kind: K, namespace: string, selector?: Selector): Promise<Kinds[K][]>;
  /** Fails with an error of reason `AlreadyExists` when there is one. */
  create<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]>;
  /** Server-side apply as `postgres-ha`; takes fields over from others, since these objects are ours alone. */
  apply<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]>;
  /** Replaces the whole object; with `metadata.resourceVersion` only when nobody changed it (else reason `Conflict`). */
  replace<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]>;
  /** JSON merge patch. */
  patch<K extends Kind>(kind: K, namespace: string, name: string, patch: object): Promise<Kinds[K]>;
  /** True when there was something to delete. With `uid`, nothing else of the same name is deleted. */
  delete(kind: Kind, namespace: string, name: string, options?: DeleteOptions): Promise<boolean>;
  /**
   * Watches objects and asks `check` after every change, and at least every few seconds, until it
   * gives something else than undefined.
   */
  until<T>(
    watched: readonly Watched[],
    check: (seen: Seen) => T | undefined | Promise<T | undefined>,
    options: UntilOptions,
  ): Promise<T>;
  exec(
    namespace: string,
    pod: string,
    container: string,
    command: readonly string[],
    timeoutMs?: number,
  ): Promise<ExecResult>;
  /** The last lines of a container's log; empty when there is none. */
  logs(namespace: string, pod: string, container: string, lines: number, previous?: boolean): Promise<string>;
}

export interface Selector {
  readonly labels?: string;
  readonly fields?: string;
}

export interface DeleteOptions {
  readonly uid?: string;
  readonly gracePeriodSeconds?: number;
}

export interface Watched {
  readonly kind: Kind;
  readonly namespace: string;
  readonly selector?: Selector;
}

/** What is there now, by kind. */
export interface Seen {
  of<K extends Kind>(kind: K): readonly Kinds[K][];
}

export interface UntilOptions {
  /** Milliseconds, from the call. */
  readonly deadline: number;
  /** What is waited for, for the error: "hippo-2 streams". */
  readonly what: string;
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}
