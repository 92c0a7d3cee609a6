/**
 * One PostgreSQL connection that can be cut off at once, and that says of a failed statement
 * whether it may have been committed all the same.
 */
import { isIP, Socket } from 'node:net';
import { Client, DatabaseError, type QueryResult } from 'pg';
import type { Outcome } from './history';

/** Where and as whom to connect. TLS is always verified, as with sslmode=verify-full. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The CA, PEM. */
  readonly ca: string;
  /** Name the server's certificate must have, when `host` is an address. */
  readonly serverName: string;
}

/** An error and what is known of the statement it ended. */
export class StatementError extends Error {
  constructor(
    message: string,
    readonly outcome: Exclude<Outcome, 'ok'>,
  ) {
    super(message);
  }
}

/** A commit that was cancelled while it waited for its replica is reported as done, with a warning (patroni/patroni#1412). */
const unreplicated = /might not have been replicated/;

/**
 * SQLSTATE classes of errors by which a statement surely ends without a commit. Class 57
 * (operator intervention: shutdown) is not one of them: it can end the wait for the replica of
 * a commit that is already in the WAL.
 */
const surelyRolledBack = new Set(['0A', '22', '23', '25', '26', '28', '3D', '3F', '40', '42', '53', '55']);

export class Connection {
  private warning: string | undefined;
  private dead = false;

  private constructor(
    private readonly client: Client,
    private readonly socket: Socket,
  ) {
    client.on('error', () => (this.dead = true));
    client.on('end', () => (this.dead = true));
    client.on('notice', (notice) => {
      if (unreplicated.test(`${notice.message} ${notice.detail ?? ''}`)) this.warning = notice.message;
    });
  }

  static async open(endpoint: Endpoint, deadline: number): Promise<Connection> {
    const { host, port, user, password, database, ca, serverName } = endpoint;
    const socket = new Socket();
    const servername = isIP(host) === 0 ? host : serverName;
    const ssl = { ca, servername, rejectUnauthorized: true };
    const client = new Client({ host, port, user, password, database, ssl, stream: () => socket });
    const connection = new Connection(client, socket);
    try {
      await within(deadline, client.connect(), `no connection to ${host}:${port} within ${deadline} ms`);
      return connection;
    } catch (error) {
      connection.destroy();
      throw new StatementError(messageOf(error), 'fail');
    }
  }

  get usable(): boolean {
    return !this.dead;
  }

  /** Runs one statement, in a transaction of its own. After an `unknown` error the connection is gone. */
  async query(text: string, values: unknown[], deadline: number): Promise<QueryResult> {
    if (this.dead)
      throw new StatementError('the connection was closed before the statement was sent', 'fail');
    this.warning = undefined;
    let result: QueryResult;
    try {
      result = await within(deadline, this.client.query(text, values), `no answer within ${deadline} ms`);
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome === 'unknown') this.destroy();
      throw new StatementError(messageOf(error), outcome);
    }
    if (this.warning) throw new StatementError(this.warning, 'unknown');
    return result;
  }

  /** Cuts the connection off: no goodbye, no waiting for one that never answers. */
  destroy(): void {
    this.dead = true;
    this.socket.destroy();
  }
}

export function outcomeOf(error: unknown): 'fail' | 'unknown' {
  if (error instanceof DatabaseError && surelyRolledBack.has(error.code?.slice(0, 2) ?? '')) return 'fail';
  return 'unknown';
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function within<T>(milliseconds: number, work: Promise<T>, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), milliseconds);
  });
  // The loser of the race may fail later: that is nobody's unhandled rejection.
  work.catch(() => {});
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
