import * as pulumi from '@pulumi/pulumi';
import * as postgres from 'pulumi-postgres-ha';

// The namespace is not part of this stack on purpose: whoever deletes a namespace deletes the
// volumes in it, and `pulumi destroy` is to leave the data (`deletionPolicy` is `retain`).
const hippo = new postgres.PostgresCluster('hippo', {
  namespace: 'databases',
  // Where your nodes get the image; a local cluster has it already.
  image: new pulumi.Config().get('image'),
  replicas: 2,
  synchronous: postgres.Synchronous.quorum,
  users: [{ name: 'app' }],
  databases: [{ name: 'shop', owner: 'app', extensions: ['pg_stat_statements'] }],
  storage: { size: '1Gi' },
});

export const primary = hippo.primaryHost;
export const secrets = hippo.userSecrets;
