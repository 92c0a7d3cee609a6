import * as k8s from '@pulumi/kubernetes';
import * as postgres from 'pulumi-postgres-ha';

const namespace = new k8s.core.v1.Namespace('databases', {
  metadata: { name: 'databases', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
});

const hippo = new postgres.PostgresCluster('hippo', {
  namespace: namespace.metadata.name,
  replicas: 2,
  synchronous: postgres.Synchronous.quorum,
  users: [{ name: 'app' }],
  databases: [{ name: 'shop', owner: 'app', extensions: ['pg_stat_statements'] }],
  storage: { size: '1Gi' },
});

export const primary = hippo.primaryHost;
export const secrets = hippo.userSecrets;
