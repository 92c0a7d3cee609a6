/** Clusters whose configuration is kept in tests/golden/config. */
import { normalise } from '../../../provider/cluster/normalise';
import type { ClusterSpec } from '../../../provider/cluster/spec';

export const specs: Readonly<Record<string, ClusterSpec>> = {
  default: normalise('hippo', {}),
  'strict-with-everything': normalise('hippo', {
    namespace: 'shop',
    replicas: 2,
    remove: ['hippo-2'],
    synchronous: 'strict',
    synchronousNumber: 2,
    postgresVersion: 17,
    users: [
      { name: 'app', options: ['createdb'], connectionLimit: 50 },
      { name: 'Ünï "quoted"', databases: ['reports', 'app'] },
      { name: 'no' },
    ],
    databases: [
      { name: 'app', owner: 'app', extensions: ['pg_stat_statements', 'pgaudit', 'pg_cron'] },
      { name: 'reports' },
      { name: '12:30', owner: 'no' },
    ],
    config: {
      parameters: {
        Max_Connections: '200',
        'pgaudit.log': 'ddl',
        log_line_prefix: '%m: "%u" \\ ',
        search_path: 'no',
      },
      memberParameters: { 'hippo-3': { work_mem: '64MB' } },
      hba: ['hostssl app app 10.0.0.0/8 cert'],
      ident: ['people "CN with space" app'],
    },
    patroni: { ttl: 30, loopWait: 5, retryTimeout: 10, failsafeMode: false, maximumLagOnFailover: 0 },
    resources: { memory: '4Gi' },
    storage: { size: '100Gi' },
    walStorage: { size: '20Gi' },
    tls: { certificateDays: 30 },
    metrics: {},
  }),
  quorum: normalise('hippo', { replicas: 2, synchronous: 'quorum' }),
};
