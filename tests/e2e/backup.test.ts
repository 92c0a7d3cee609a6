/** Backups of a real cluster: ready means archived, a lost replica comes from the repository, and a new cluster from a second of it. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../local/until';
import { jobName } from '../../provider/actions/backup/plan';
import { names, podName } from '../../provider/manifests/names';
import { archived, archiveOf, Backups } from '../support/backups';
import { DeployedCluster } from '../support/cluster';
import { killedUp } from '../support/killed-up';
import { keepLogs } from '../support/logs';
import { planIn } from '../support/plan-in';
import { TestStack, type PlainClusterArgs } from '../support/stack';

const namespace = 'e2e-backup';
const small: PlainClusterArgs = { storage: { size: '1Gi' }, resources: { memory: '384Mi' } };
/** At a time that does not come in the test: it starts these by hand. */
const never = '0 0 29 2 *';
const hippo: PlainClusterArgs = {
  ...small,
  replicas: 1,
  backup: {
    verify: [{ cron: never }],
    testRestore: [{ cron: never, size: '1Gi', query: 'select count(*) > 4 from marks' }],
  },
};

describe('backups', () => {
  let stack: TestStack;
  let backups: Backups;
  let cluster: DeployedCluster;
  let between: string;

  const config = (clusters: Record<string, PlainClusterArgs>, actions: object = {}) => ({
    ...{ namespace, namespaceExists: 'true' },
    ...{ clusters: JSON.stringify(clusters), actions: JSON.stringify(actions) },
  });
  const upWith = (clusters: Record<string, PlainClusterArgs>): Promise<unknown> =>
    stack.upWith(config(clusters));
  const metrics = async (): Promise<string> => {
    const ip = (await cluster.pod(await cluster.primary())).status?.podIP;
    return (await fetch(`http://${ip}:8009/metrics`)).text();
  };

  before(async function () {
    this.timeout(600_000);
    backups = await Backups.in(namespace, process.env.KUBECONFIG!);
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!, { namespace: true });
    await upWith({ hippo });
    cluster = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-postgres');
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(cluster, this.currentTest.title);
  });

  after(async function () {
    this.timeout(300_000);
    cluster?.close();
    await backups?.kubectl.run(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('a cluster that is ready archives, and its first full backup is taken', async function () {
    this.timeout(120_000);
    assert.deepEqual(await archiveOf(cluster), { 1: 'ok' });
    await until('the first backup', 90, async () =>
      /\d{8}-\d{6}F +full/.test(await backups.pgha(['show', 'backup', 'hippo'])),
    );
  });

  it('a backup on demand is an incremental one of little size', async function () {
    this.timeout(120_000);
    await backups.pgha(['backup', 'hippo', '--type', 'incr']);
    assert.match(await backups.pgha(['show', 'backup', 'hippo']), /F_\d{8}-\d{6}I +incr/);
  });

  it('backups at the same time wait for each other', async function () {
    this.timeout(180_000);
    const jobs = await Promise.all(
      ['diff', 'incr'].map((type) => backups.pgha(['backup', 'hippo', '--type', type, '--no-wait'])),
    );
    const ended = jobs.map((text) => `job/${/^Job (\S+):/m.exec(text)![1]}`);
    await backups.kubectl.run([
      ...['wait', '--for=condition=complete', ...ended, '-n', namespace, '--timeout=150s'],
    ]);
    const logs = await Promise.all(
      ended.map((job) => backups.kubectl.run(['logs', job, '-n', namespace, '-c', 'backup'])),
    );
    assert.match(logs.join('\n'), /another backup is at work: waiting/);
    assert.match(await backups.pgha(['show', 'backup', 'hippo']), /F_\d{8}-\d{6}D +diff/);
  });

  it('one whose pulumi up is killed goes on, and the next up finds it', async function () {
    this.timeout(240_000);
    const backup = { type: 'Backup', cluster: 'hippo', trigger: 'killed', annotations: { why: 'a-test' } };
    const given = config({ hippo }, { before: backup });
    const count = async (): Promise<number> => (await backups.published(cluster))!.backups.length;
    const before = await count();
    const plan = planIn('Backup', (await stack.previewWith(given)).stdout);
    assert.deepEqual(plan.slice(1), [
      'full backup to repository 1 (annotated why=a-test; then what the retention no longer covers is removed)',
    ]);
    const job = jobName(`${names.backupTemplate('hippo')}-repo1`, backup.trigger, 1);
    const uid = async () => (await cluster.live.get('Job', namespace, job))?.metadata.uid;
    // The Job stands still, so that it does not end before the provider has seen that its engine is gone (3 s).
    const suspended = (is: boolean): Promise<string> =>
      backups.kubectl.run(['patch', 'job', job, '-n', namespace, '-p', `{"spec":{"suspend":${is}}}`]);
    await killedUp(stack, {
      reached: async () => (await uid()) !== undefined,
      meanwhile: () => suspended(true),
      signal: 'SIGKILL',
    });
    const made = await uid();
    const next = planIn('Backup', (await stack.previewWith(given)).stdout).slice(1);
    assert.deepEqual(next, ['1. goes on with an interrupted run; no step of it was done', `2. ${plan[1]}`]);
    await suspended(false);
    await stack.upWith(given);
    assert.equal(await uid(), made, 'the same Job');
    assert.equal(await count(), before + 1);
    const { summary } = await stack.upWith(given);
    assert.deepEqual(Object.keys(summary.resourceChanges ?? {}), ['same']);
  });

  it('are metrics of the leader', async function () {
    const text = await metrics();
    assert.match(text, /^postgres_ha_leader{cluster="hippo",member="hippo-\d"} 1$/m);
    assert.match(text, /^postgres_ha_archive_ok{.*repository="1"} 1$/m);
  });

  it('writes go on while the repository host is away, and no WAL is missing after', async function () {
    this.timeout(180_000);
    const pod = `${await cluster.primary()}-0`;
    await cluster.sql(pod, 'create table marks (n int)');
    await backups.scaleHost(0);
    for (let n = 0; n < 4; n++) {
      const before = performance.now();
      await cluster.sql(pod, `insert into marks values (${n})`);
      assert.ok(performance.now() - before < 15_000);
      await cluster.sql(pod, 'select pg_switch_wal()');
    }
    // In pgBackRest's own words.
    await until('the failure is published', 90, async () =>
      /hippo-repo/.test((await archiveOf(cluster))['1']!),
    );
    await backups.scaleHost(1);
    await archived(cluster, 150);
  });

  it('WAL goes on to the archive past the end of a time line, of which every member has its own copy', async function () {
    this.timeout(180_000);
    await backups.pgha(['switchover', 'hippo', '--yes']);
    await cluster.whole(2);
    const primary = podName(await cluster.primary());
    // As PostgreSQL marks it at a checkpoint of a member that has it from before (config/scripts/left_segment.py).
    const left = `
      cd /pgdata/data/pg_wal
      last=$(grep . "$(ls *.history | tail -n 1)" | tail -n 1)
      set -- $last
      name=$(printf %08X00000000%08X "$1" $((0x\${2#*/} / 16777216)))
      head -c 16777216 /dev/urandom >"$name"
      touch "archive_status/$name.ready"
      echo "$name"`;
    const { stdout, stderr } = await cluster.live.exec(namespace, primary, 'database', ['sh', '-euc', left]);
    const name = stdout.trim();
    assert.match(name, /^[0-9A-F]{24}$/, stderr);
    // PostgreSQL looks by itself only once a minute.
    await cluster.sql(
      primary,
      `select pg_create_restore_point('wakes the archiver'); select pg_switch_wal()`,
    );
    await archived(cluster, 90);
    const done = `select count(*) from pg_ls_archive_statusdir() where name = '${name}.done'`;
    await until(`passing ${name} over`, 60, async () => (await cluster.sql(primary, done)) === '1');
    assert.deepEqual(await archiveOf(cluster), { 1: 'ok' });
  });

  it('a new cluster is made from a second of it, with exactly the rows before', async function () {
    this.timeout(300_000);
    const pod = `${await cluster.primary()}-0`;
    await cluster.sql(pod, 'insert into marks values (100)');
    await pause(1500);
    between = await cluster.sql(pod, 'select clock_timestamp()');
    await pause(1500);
    await cluster.sql(pod, 'insert into marks values (200)');
    await cluster.sql(pod, 'select pg_switch_wal()');
    await backups.pgha(['backup', 'hippo', '--type', 'incr']);
    await upWith({
      hippo,
      clone: { ...small, replicas: 0, restoreFrom: { cluster: 'hippo', time: between } },
    });
    const clone = await DeployedCluster.of(
      'clone',
      namespace,
      process.env.KUBECONFIG!,
      'clone-user-postgres',
    );
    assert.equal(await clone.sql('clone-1-0', 'select array_agg(n order by n) from marks'), '{0,1,2,3,100}');
    clone.close();
  });

  it('are verified, and restored for trial, on schedules of their own', async function () {
    this.timeout(240_000);
    await Promise.all([backups.runNow('hippo-verify-repo1'), backups.runNow('hippo-test-restore-repo1')]);
    const shown = await backups.pgha(['show', 'backup', 'hippo']);
    assert.match(shown, /verified .*: well; \d+ backups, \d+ files, \d+ WAL files/);
    assert.match(shown, /restored for trial .*: well; backup \d{8}-\d{6}F_\d{8}-\d{6}I.*the query gave True/);
    await until('metrics of both', 40, async () => {
      const text = await metrics();
      return ['verify', 'test_restore'].every((what) =>
        new RegExp(`^postgres_ha_${what}_ok{.*repository="1"} 1$`, 'm').test(text),
      );
    });
  });

  it('leaves nothing unarchived at destroy, and its repository is taken up again', async function () {
    this.timeout(400_000);
    await upWith({ hippo });
    const pod = `${await cluster.primary()}-0`;
    await cluster.sql(pod, 'insert into marks values (300)');
    const last = await cluster.sql(pod, 'select pg_walfile_name(pg_current_wal_lsn())');
    const known = async (): Promise<unknown> => {
      const found = await backups.published(cluster);
      return { backups: found?.backups, verification: found?.verification, trial: found?.trial };
    };
    const before = await known();
    cluster.close();
    await stack.destroy();
    await upWith({ hippo });
    cluster = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-postgres');
    assert.match(await backups.onHost(`find /pgbackrest -name '${last}-*'`), /^\S+$/);
    assert.equal(await cluster.sql(`${await cluster.primary()}-0`, 'select count(*) from marks'), '7');
    // What the first life has published is there again, and no second first backup is taken.
    await cluster.whole(2);
    assert.deepEqual(await known(), before);
  });

  it('a volume with the backups of a cluster that is gone is enough for a new one', async function () {
    this.timeout(400_000);
    const secret = names.repositoriesSecret('hippo');
    const { data } = (await cluster.live.get('Secret', namespace, secret))!;
    const generation = Buffer.from(data!['generation']!, 'base64').toString('utf8');
    cluster.close();
    await stack.destroy();
    const claims = ['hippo-1', 'hippo-2'].map((member) => `pvc/${names.dataVolume(member)}`);
    await backups.kubectl.run([
      ...['delete', ...claims, `secret/${secret}`, '-n', namespace, '--timeout=60s'],
    ]);
    await upWith({
      hippo: {
        ...small,
        replicas: 0,
        // The same as `local`. No backup is as old as a week yet, so none goes.
        repositories: [{ type: 'posix', retention: { days: 7 } }],
        restoreFrom: { path: `hippo/${generation}` },
      },
    });
    cluster = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-postgres');
    assert.equal(
      await cluster.sql('hippo-1-0', 'select array_agg(n order by n) from marks'),
      '{0,1,2,3,100,200,300}',
    );
    // Its own backups are in a path of their own; the old ones are still there.
    await until(
      'a backup of its own',
      90,
      async () => ((await backups.published(cluster))?.backups ?? []).length === 1,
    );
    const stanzas = (await backups.onHost('ls -d /pgbackrest/hippo/*/backup/db/*F')).split('\n');
    assert.equal(stanzas.filter((path) => path.includes(generation)).length, 2);
    assert.equal(stanzas.length, 3);
  });
});
