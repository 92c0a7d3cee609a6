/**
 * What the leader's agent makes inside PostgreSQL: key `databases.yaml` of ConfigMap `NAME-config`.
 *
 *     superuser: {name: postgres, secret: hippo-user-postgres}
 *     users:                       # in the order of the program
 *     - name: app
 *       secret: hippo-user-app     # Secret whose key `password` is the password
 *       databases: [app]           # CONNECT, and CREATE in them
 *       options: [CREATEDB]
 *       connectionLimit: 10        # -1: no limit
 *     databases:
 *     - name: app
 *       owner: app
 *       extensions: [pg_stat_statements]
 *     pooler: true                 # the role and the function of the pooler; absent without one
 *     exporter: {database: app}    # the role of the exporter, and what it connects to; absent without metrics
 *
 * The agent creates and alters; it never drops.
 */
import { superuser } from '../cluster/defaults';
import type { ClusterSpec } from '../cluster/spec';
import { isUnknown, UNKNOWN } from '../cluster/spec';
import { userSecret } from '../manifests/names';

import { yamlText } from './yaml-text';

export function databasesYaml(spec: ClusterSpec): string {
  const secret = (user: string) => (isUnknown(user) ? UNKNOWN : userSecret(spec.name, user));
  return yamlText(
    {
      superuser: { name: superuser, secret: secret(superuser) },
      users: spec.users.map(({ name, databases, options, connectionLimit }) => ({
        name,
        secret: secret(name),
        databases,
        options,
        connectionLimit: connectionLimit ?? -1,
      })),
      databases: spec.databases.map(({ name, owner, extensions }) => ({ name, owner, extensions })),
      ...(spec.pooler ? { pooler: true } : {}),
      ...(spec.metrics ? { exporter: { database: spec.metrics.database } } : {}),
    },
    'Users and databases. What is here is created or altered; nothing is dropped.',
  );
}
