/** What a stack author writes about the pool of connections before the primary. */
import type { Input } from '@pulumi/pulumi';

/** How long a client keeps a connection to PostgreSQL. */
export const PoolMode = {
  /** For one transaction. Many clients share few connections; what a session keeps (`SET`, `LISTEN`, advisory locks, temporary tables) is lost between transactions. */
  transaction: 'transaction',
  /** Until it disconnects. Everything works as without a pooler; only connecting is cheaper. */
  session: 'session',
  /** For one statement. Transactions of several statements are refused. */
  statement: 'statement',
} as const;
export type PoolMode = (typeof PoolMode)[keyof typeof PoolMode];

/** PgBouncer before the primary: its Service is `NAME-pooler`, port 5432, with TLS and the users' own passwords. */
export interface PoolerArgs {
  /** Number of its pods, 1 to 20. Default: 2. */
  replicas?: Input<number>;
  /** How long a client keeps a connection. Default: transaction. */
  mode?: Input<PoolMode>;
  /** Connections to PostgreSQL for each user in each database, a pod. All pods together leave 15 of `max_connections` in each database, whatever this is; `parameters.max_db_connections` changes that. Default: 20. */
  poolSize?: Input<number>;
  /** Clients that may be connected to one pod. Default: 1000. */
  maxClientConnections?: Input<number>;
  /** Other settings of PgBouncer, by name, as in pgbouncer.ini. Those that the cluster itself must own are refused. */
  parameters?: Input<{ [name: string]: Input<string> }>;
  /** CPU and memory of one pod. Default: 50m and 128Mi. */
  resources?: PoolerResourcesArgs;
}

/** CPU and memory of one pod of the pooler, as Kubernetes quantities. */
export interface PoolerResourcesArgs {
  /** Guaranteed CPU. PgBouncer uses one processor at most. Default: "50m". */
  cpu?: Input<string>;
  /** Memory, both guaranteed and the limit; about 20 kB a client with TLS. Default: "128Mi". */
  memory?: Input<string>;
}
