/** Ways to the cluster: through a Service, a host list as libpq knows it, or to one member. */
import { Connection, StatementError, type Endpoint } from './connection';

/** Opens connections that writes may go through. */
export interface Target {
  readonly name: string;
  /** A connection within `deadline` milliseconds, or a `StatementError` with outcome `fail`. */
  open(deadline: number): Promise<Connection>;
}

/** One address: a Service's, or a member's. */
export function single(name: string, endpoint: Endpoint | (() => Promise<Endpoint>)): Target {
  return {
    name,
    async open(deadline) {
      const found = typeof endpoint === 'function' ? await located(endpoint) : endpoint;
      return Connection.open(found, deadline);
    },
  };
}

/**
 * A host list with target_session_attrs=read-write, as libpq does it: one host after the
 * other, connect, ask whether it is read-only, and go on to the next if it is.
 */
export function hostList(name: string, endpoints: () => Promise<readonly Endpoint[]>): Target {
  return {
    name,
    async open(deadline) {
      const until = performance.now() + deadline;
      const reasons: string[] = [];
      for (const endpoint of await located(endpoints)) {
        const left = until - performance.now();
        if (left <= 0) break;
        // libpq's connect_timeout is for each host: one that is gone must not use up all the time.
        const share = Math.min(left, Math.max(300, deadline / 3));
        let connection: Connection | undefined;
        try {
          connection = await Connection.open(endpoint, share);
          const { rows } = await connection.query('show transaction_read_only', [], share);
          if (rows[0]?.transaction_read_only === 'off') return connection;
          reasons.push(`${endpoint.host} is read-only`);
        } catch (error) {
          reasons.push(`${endpoint.host}: ${error instanceof Error ? error.message : String(error)}`);
        }
        connection?.destroy();
      }
      throw new StatementError(`no host accepts writes: ${reasons.join('; ')}`, 'fail');
    },
  };
}

async function located<T>(find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StatementError(`no address: ${message}`, 'fail');
  }
}
