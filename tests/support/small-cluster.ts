import type { PlainClusterArgs } from './stack';

/** What tests of a cluster's behaviour have in common: as small as it runs, nothing that outlives the test, and a user to write with. */
export const smallCluster: PlainClusterArgs = {
  storage: { size: '1Gi' },
  resources: { memory: '384Mi' },
  users: [{ name: 'app' }],
  databases: [{ name: 'app', owner: 'app' }],
  deletionPolicy: 'delete',
  repositories: [],
};
