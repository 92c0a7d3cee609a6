import * as postgres from 'pulumi-postgres-ha';

// A cluster that runs. What follows is the change of a pull request: its `pulumi preview` shows what
// each line would do to the cluster as it is now, and `pulumi up` does exactly that.
const hippo = new postgres.PostgresCluster('hippo', {
  namespace: 'databases',
  // Was 3. The member on the node that is to go leaves, whichever it is; had it led, it would hand over first.
  replicas: 2,
  remove: ['hippo-2'],
  synchronous: postgres.Synchronous.quorum,
  users: [{ name: 'app' }],
  databases: [{ name: 'shop', owner: 'app' }],
  storage: { size: '1Gi' },
});

// A backup that says what it was taken for, before anything else is done.
const before = new postgres.Backup('before', {
  cluster: hippo,
  trigger: '2026-11-24 PR 118',
  annotations: { why: 'before-restart' },
});

// Then all members restart, replicas first, the primary after a switchover. The trigger stays in the
// program; it never runs again, until another text stands there.
new postgres.Restart('restart', { cluster: hippo, trigger: '2026-11-24 PR 118' }, { dependsOn: before });
