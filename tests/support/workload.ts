/**
 * A writer that runs through a whole test: several connections append rows with numbers that
 * no other write has, and two more fight over one register by compare-and-set. It keeps what
 * it was told of each write, for tests/support/checker.ts.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { StatementError, type Connection } from './connection';
import {
  initialRegister,
  type Append,
  type Cas,
  type FinalState,
  type History,
  type Operation,
  type Read,
} from './history';
import type { Target } from './targets';

export interface WorkloadOptions {
  /** Connections that append. Default: 8. */
  readonly writers?: number;
  /** Connections that fight over the register. Default: 2. */
  readonly registers?: number;
  /** Milliseconds between two writes of one connection. Default: 50. */
  readonly interval?: number;
  /** Milliseconds after which a statement without an answer is given up as unknown. Default: 3000. */
  readonly deadline?: number;
  /** Milliseconds between two tries to connect. A tight loop of TLS handshakes would slow down the very failover. Default: 100. */
  readonly reconnect?: number;
  /** The workload ends by itself after so many milliseconds. Default: 20 minutes. */
  readonly longest?: number;
}

const schema = `
  create table if not exists workload_rows (
    position bigint generated always as identity,
    key int not null, id bigint not null,
    written_at timestamptz not null default clock_timestamp());
  create table if not exists workload_register (value bigint not null);
  truncate workload_rows, workload_register;
  insert into workload_register values (${initialRegister});
  create table if not exists workload_probes (member text not null, id bigint not null);
  truncate workload_probes`;

/** A write that a read-only member refuses without an ERROR in its log: it is asked ten times a second. */
const probeFunction = `
  create or replace function workload_probe(member text, id bigint) returns boolean language plpgsql as $$
  begin
    insert into workload_probes values (member, id);
    return true;
  exception when read_only_sql_transaction then
    return false;
  end $$`;

const connectDeadline = 1000;

/** Makes the workload's tables, empty. */
export async function prepare(target: Target, deadline = 10_000): Promise<void> {
  const connection = await target.open(deadline);
  try {
    for (const statement of [...schema.split(';'), probeFunction])
      await connection.query(statement, [], deadline);
  } finally {
    connection.destroy();
  }
}

export class Workload {
  private readonly appends: Append[] = [];
  private readonly register: (Cas | Read)[] = [];
  private readonly loops: Promise<void>[] = [];
  private stopped = false;
  private nextId = 1;
  private refused = 0;
  private lastRefusal = '';
  private lastOkInvoked = -Infinity;

  constructor(
    private readonly target: Target,
    private readonly options: WorkloadOptions = {},
  ) {}

  start(): this {
    const until = performance.now() + (this.options.longest ?? 20 * 60_000);
    for (let key = 0; key < (this.options.writers ?? 8); key++)
      this.loops.push(this.loop(until, (connection) => this.append(connection, key)));
    for (let index = 0; index < (this.options.registers ?? 2); index++)
      this.loops.push(this.loop(until, (connection) => this.compareAndSet(connection)));
    return this;
  }

  /** What was done so far. */
  get history(): History {
    return { appends: this.appends, register: this.register };
  }

  /** Connections that could not be made, and why the last of them could not. */
  get refusals(): { readonly count: number; readonly last: string } {
    return { count: this.refused, last: this.lastRefusal };
  }

  /** Waits until a row is acknowledged that was sent after `time`. */
  async acknowledgedAfter(time: number, deadline: number): Promise<void> {
    const end = performance.now() + deadline;
    while (this.lastOkInvoked <= time) {
      if (performance.now() > end)
        throw new Error(
          `no write was acknowledged for ${deadline / 1000} s; last refusal: ${this.lastRefusal}`,
        );
      await pause(20);
    }
  }

  async stop(): Promise<History> {
    this.stopped = true;
    await Promise.all(this.loops);
    return this.history;
  }

  /** One connection that is made again at once when it fails. `step` says whether it is still good. */
  private async loop(until: number, step: (connection: Connection) => Promise<boolean>): Promise<void> {
    let connection: Connection | undefined;
    const { interval = 50, reconnect = 100 } = this.options;
    while (!this.stopped && performance.now() < until) {
      const started = performance.now();
      connection ??= await this.open();
      const good = connection !== undefined && (await step(connection));
      if (!good) {
        connection?.destroy();
        connection = undefined;
      }
      const rest = (good ? interval : reconnect) - (performance.now() - started);
      // Also without a rest, others must have their turn.
      await pause(Math.max(0, rest));
    }
    connection?.destroy();
  }

  private async open(): Promise<Connection | undefined> {
    try {
      return await this.target.open(connectDeadline);
    } catch (error) {
      this.refused++;
      this.lastRefusal = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }

  private async append(connection: Connection, key: number): Promise<boolean> {
    const id = this.nextId++;
    const text = 'insert into workload_rows (key, id) values ($1, $2)';
    const done = await this.timed(connection, text, [key, id]);
    this.appends.push({ kind: 'append', key, id, ...done.operation });
    if (done.operation.outcome === 'ok')
      this.lastOkInvoked = Math.max(this.lastOkInvoked, done.operation.invoked);
    else this.lastRefusal = done.operation.reason ?? '';
    return done.operation.outcome === 'ok';
  }

  /** Reads the register, with a lock so that only a primary answers, and sets it if nobody did meanwhile. */
  private async compareAndSet(connection: Connection): Promise<boolean> {
    const read = await this.timed(connection, 'select value from workload_register for update', []);
    const expected = Number(read.rows[0]?.value);
    if (read.operation.outcome !== 'ok') {
      this.register.push({ kind: 'read', ...read.operation });
      return false;
    }
    this.register.push({ kind: 'read', value: expected, ...read.operation });
    const value = this.nextId++;
    const text = 'update workload_register set value = $2 where value = $1 returning value';
    const set = await this.timed(connection, text, [expected, value]);
    const { outcome } = set.operation;
    // No row: another client was faster. That answer is definite.
    const operation =
      outcome === 'ok' && set.rows.length === 0
        ? { ...set.operation, outcome: 'fail' as const, reason: 'another value stood there' }
        : set.operation;
    this.register.push({ kind: 'cas', expected, value, ...operation });
    return outcome === 'ok';
  }

  private async timed(
    connection: Connection,
    text: string,
    values: unknown[],
  ): Promise<{ operation: Operation; rows: Record<string, unknown>[] }> {
    const invoked = performance.now();
    try {
      const { rows } = await connection.query(text, values, this.options.deadline ?? 3000);
      return { operation: { invoked, completed: performance.now(), outcome: 'ok' }, rows };
    } catch (error) {
      const outcome = error instanceof StatementError ? error.outcome : 'unknown';
      const reason = error instanceof Error ? error.message : String(error);
      return { operation: { invoked, completed: performance.now(), outcome, reason }, rows: [] };
    }
  }
}

/** The tables at the end, read on the primary, and the accepted probes of two-primaries.ts. */
export async function finalState(
  target: Target,
  deadline = 30_000,
): Promise<FinalState & { readonly probes: readonly number[] }> {
  const connection = await target.open(deadline);
  try {
    const rows = await connection.query('select key, id from workload_rows order by position', [], deadline);
    const register = await connection.query('select value from workload_register', [], deadline);
    const probes = await connection.query('select id from workload_probes', [], deadline);
    return {
      rows: rows.rows.map((row) => ({ key: Number(row.key), id: Number(row.id) })),
      register: Number(register.rows[0]?.value),
      probes: probes.rows.map((row) => Number(row.id)),
    };
  } finally {
    connection.destroy();
  }
}
