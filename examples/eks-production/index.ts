// A production cluster on EKS whose backups go to S3 with no static key anywhere.
import * as pulumi from '@pulumi/pulumi';
import * as postgres from 'pulumi-postgres-ha';

const config = new pulumi.Config();
const namespace = config.get('namespace') ?? 'databases';

const backups = new postgres.BackupBucket('hippo-backups', {
  prefix: 'production',
  encryption: { type: postgres.BucketEncryption.kms },
  lifecycle: { noncurrentDays: 30 },
  access: {
    type: postgres.BucketAccess.irsa,
    serviceAccounts: [{ namespace, name: 'hippo' }],
    // Of an `aws.eks.Cluster` in the same program: eksCluster: cluster
    oidcProviderArn: config.require('oidcProviderArn'),
  },
  tags: { service: 'hippo', stack: pulumi.getStack() },
});

const hippo = new postgres.PostgresCluster('hippo', {
  namespace,
  replicas: 2,
  synchronous: postgres.Synchronous.quorum,
  resources: { cpu: '1', memory: '4Gi' },
  storage: { size: '100Gi', storageClass: 'gp3' },
  scheduling: { antiAffinity: postgres.AntiAffinity.required },
});

export const primaryHost = hippo.primaryHost;
export const bucketName = backups.bucketName;
export const serviceAccountAnnotations = backups.serviceAccountAnnotations;
export const repository = backups.repository;
