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
  repositories: [
    // Near, for a replica that is rebuilt, and far, for the day when the cluster is gone.
    { type: postgres.RepositoryType.local, size: '200Gi', storageClass: 'gp3' },
    // Bucket, region, prefix, and the role: on the ServiceAccount `hippo`, and in its pods.
    { ...backups.repository, retention: { days: 30 } },
  ],
  schedules: [
    { type: postgres.BackupType.full, repository: 1, cron: '0 1 * * 0', timeZone: 'Europe/Berlin' },
    { type: postgres.BackupType.incr, repository: 1, cron: '0 1 * * 1-6', timeZone: 'Europe/Berlin' },
    { type: postgres.BackupType.full, repository: 2, cron: '0 3 * * 0', timeZone: 'Europe/Berlin' },
    { type: postgres.BackupType.diff, repository: 2, cron: '0 3 * * 1-6', timeZone: 'Europe/Berlin' },
  ],
  // Encrypted before it leaves the pod, besides what KMS does. The passphrase is in Secret hippo-repositories: keep a copy.
  backup: { cipher: true, processes: 4 },
});

export const primaryHost = hippo.primaryHost;
export const bucketName = backups.bucketName;
export const roleArn = backups.roleArn;
