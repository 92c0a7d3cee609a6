// A new cluster from the backups of one that is gone: all that is left of it is a bucket.
import * as pulumi from '@pulumi/pulumi';
import * as postgres from 'pulumi-postgres-ha';

const config = new pulumi.Config();

const hippo = new postgres.PostgresCluster('hippo', {
  namespace: config.get('namespace') ?? 'databases',
  image: config.get('image'),
  replicas: 2,
  storage: { size: '10Gi' },
  repositories: [
    {
      type: postgres.RepositoryType.s3,
      bucket: config.require('bucket'),
      region: config.require('region'),
      endpoint: config.get('endpoint'),
      // A Secret with `key` and `keySecret`; on EKS `roleArn` instead, and no keys.
      credentialsSecret: config.require('credentialsSecret'),
    },
  ],
  restoreFrom: {
    // Where the old cluster's backups lie in the bucket: a folder for each life of a cluster.
    path: config.require('path'),
    repository: 1,
    // With a zone. Without it: to the end of the archive.
    time: config.get('time'),
    // Secret with the passphrase, where the backups were encrypted.
    cipherSecret: config.get('cipherSecret'),
  },
});

export const primaryHost = hippo.primaryHost;
