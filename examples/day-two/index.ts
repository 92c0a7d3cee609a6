import * as pulumi from '@pulumi/pulumi';
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
const restart = new postgres.Restart(
  'restart',
  { cluster: hippo, trigger: '2026-11-24 PR 118' },
  { dependsOn: before },
);

// Another pull request, on a worse day: all goes back to a moment before somebody's mistake. It says since when
// (`pulumi config set restoreTo '2026-11-24 07:56:09+00'`); the preview shows what is lost by that and who stops, and
// refuses to go on until the digest of that very plan is written down as well (`pulumi config set approvedPlan …`).
const config = new pulumi.Config();
const time = config.get('restoreTo');
if (time)
  new postgres.Restore(
    'before-the-mistake',
    { cluster: hippo, trigger: time, target: { time }, approvedPlan: config.get('approvedPlan') },
    { dependsOn: restart },
  );
