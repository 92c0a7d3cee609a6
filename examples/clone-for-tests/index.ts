// A copy of `hippo` as it was at a time, to try a migration on. The original is not touched, and notices
// nothing but reads from its repository.
import * as pulumi from '@pulumi/pulumi';
import * as postgres from 'pulumi-postgres-ha';

const config = new pulumi.Config();

// One copy a trial: `pulumi config set name clone2`, and the next one is blue beside this one's green.
const name = config.get('name') ?? 'clone';

const clone = new postgres.PostgresCluster(name, {
  // Where hippo lives: its repository is read through the network of that namespace.
  namespace: config.get('namespace') ?? 'databases',
  image: config.get('image'),
  replicas: 0,
  storage: { size: config.get('size') ?? '1Gi' },
  // As small as a trial needs; the original may have more.
  resources: { memory: '512Mi' },
  // It is thrown away, and its volumes go with the stack.
  deletionPolicy: postgres.DeletionPolicy.delete,
  restoreFrom: {
    cluster: 'hippo',
    // With a zone; without it, all that is in the archive.
    time: config.get('time'),
  },
});

export const host = clone.primaryHost;
export const secrets = clone.userSecrets;
