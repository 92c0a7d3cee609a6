import { refuses } from './refused';

refuses('arguments of the pooler', [
  [
    'no pod',
    { pooler: { replicas: 0 } },
    'pooler.replicas: found 0; allowed: a whole number, from 1 to 20. [not-a-number-in-range]',
  ],
  [
    'a mode that is none',
    { pooler: { mode: 'transactions' } },
    'pooler.mode: found "transactions"; allowed: "transaction", "session" or "statement". Did you mean "transaction"? [not-a-choice]',
  ],
  [
    'a setting that has an argument of its own',
    { pooler: { parameters: { Pool_Mode: 'session' } } },
    'pooler.parameters.Pool_Mode: found a setting of the cluster itself; allowed: settings that the cluster does not set. Write pooler.mode. [pooler-setting-owned]',
  ],
  [
    'a setting by which anybody could log in',
    { pooler: { parameters: { auth_type: 'trust' } } },
    'pooler.parameters.auth_type: found a setting of the cluster itself; allowed: settings that the cluster does not set. Leave it out. [pooler-setting-owned]',
  ],
  [
    'a setting that PgBouncer does not have',
    { pooler: { parameters: { query_timeouts: '3' } } },
    'pooler.parameters.query_timeouts: found "query_timeouts", which PgBouncer does not have; allowed: settings of PgBouncer, section [pgbouncer]. Did you mean "query_timeout"? [unknown-pooler-setting]',
  ],
  [
    'a value that would begin another section',
    { pooler: { parameters: { query_timeout: '3\n[users]' } } },
    'pooler.parameters.query_timeout: found "3\\n[users]"; allowed: a text of one line. [pooler-setting-lines]',
  ],
  [
    'memory with the unit of a thousandth',
    { pooler: { resources: { memory: '128m' } } },
    'pooler.resources.memory: found "128m"; allowed: memory, at least 32Mi, for example "128Mi". Did you mean "128Mi"? [quantity-too-small]',
  ],
]);

refuses('arguments of the metrics', [
  [
    'a database that there is not',
    { databases: [{ name: 'app' }], metrics: { database: 'apq' } },
    'metrics.database: found "apq"; allowed: a name in databases, or postgres. Did you mean "app"? [no-such-database]',
  ],
  [
    'a user of the name of its own role',
    { users: [{ name: 'exporter' }], metrics: {} },
    'users[0].name: found "exporter"; allowed: other names; the cluster uses exporter itself. [reserved-role]',
  ],
  [
    'too little memory',
    { metrics: { resources: { memory: '16Mi' } } },
    'metrics.resources.memory: found "16Mi"; allowed: memory, at least 32Mi, for example "96Mi". [quantity-too-small]',
  ],
]);
