/** Backups of a real cluster: ready means archived, a lost replica comes from the repository, and a new cluster from a second of it. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { until } from '../../local/until';
import { run } from '../../provider/cmd/pgha/program';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
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
  let kubectl: Kubectl;
  let cluster: DeployedCluster;
  let between: string;

  const upWith = (clusters: Record<string, PlainClusterArgs>): Promise<unknown> =>
    stack.upWith({ namespace, namespaceExists: 'true', clusters: JSON.stringify(clusters) });
  const pgha = async (...args: string[]): Promise<string> => {
    let text = '';
    const write = (more: string): void => void (text += more);
    const code = await run(
      [...args, '-n', namespace, '--kubeconfig', process.env.KUBECONFIG!],
      { write, colour: false },
      write,
    );
    assert.equal(code, 0, text);
    return text;
  };
  /** State of the archive by repository, as the primary's agent publishes it. */
  const archive = async (): Promise<Record<string, string>> => {
    const { annotations } = (await cluster.pod(await cluster.primary())).metadata;
    return (JSON.parse(annotations!['postgres-ha.dev/status']!) as { archive: Record<string, string> })
      .archive;
  };
  /** What a schedule would do, now. A test restore's Job is gone, with its volume, once it went well. */
  const runNow = async (cronJob: string): Promise<void> => {
    const job = `${cronJob}-now`;
    await kubectl.run(['create', 'job', job, '-n', namespace, `--from=cronjob/${cronJob}`]);
    const state = 'jsonpath={.kind}{.status.succeeded}{.status.failed}';
    await until(`${job} has ended`, 150, async () =>
      /^$|[1-9]/.test(
        await kubectl.run(['get', 'job', job, '-n', namespace, '--ignore-not-found', '-o', state]),
      ),
    );
  };

  before(async function () {
    this.timeout(600_000);
    kubectl = new Kubectl((await up()).kubectl, process.env.KUBECONFIG!);
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
    await kubectl?.run(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('a cluster that is ready archives, and its first full backup is taken', async function () {
    this.timeout(120_000);
    assert.deepEqual(await archive(), { 1: 'ok' });
    await until('the first backup', 90, async () =>
      /\d{8}-\d{6}F +full/.test(await pgha('show', 'backup', 'hippo')),
    );
  });

  it('a backup on demand is an incremental one of little size', async function () {
    this.timeout(120_000);
    await pgha('backup', 'hippo', '--type', 'incr');
    assert.match(await pgha('show', 'backup', 'hippo'), /F_\d{8}-\d{6}I +incr/);
  });

  it('are metrics of the leader', async function () {
    const ip = (await cluster.pod(await cluster.primary())).status?.podIP;
    const text = await (await fetch(`http://${ip}:8009/metrics`)).text();
    assert.match(text, /^postgres_ha_leader{cluster="hippo",member="hippo-\d"} 1$/m);
    assert.match(text, /^postgres_ha_archive_ok{.*repository="1"} 1$/m);
  });

  it('writes go on while the repository host is away, and no WAL is missing after', async function () {
    this.timeout(180_000);
    const pod = `${await cluster.primary()}-0`;
    await cluster.sql(pod, 'create table marks (n int)');
    await kubectl.run(['scale', 'statefulset', 'hippo-repo', '-n', namespace, '--replicas=0']);
    await kubectl.run(['wait', '-n', namespace, '--for=delete', 'pod/hippo-repo-0', '--timeout=60s']);
    for (let n = 0; n < 4; n++) {
      const before = performance.now();
      await cluster.sql(pod, `insert into marks values (${n})`);
      assert.ok(performance.now() - before < 5000);
      await cluster.sql(pod, 'select pg_switch_wal()');
    }
    // In pgBackRest's own words.
    await until('the failure is published', 90, async () => /hippo-repo/.test((await archive())['1']!));
    await kubectl.run(['scale', 'statefulset', 'hippo-repo', '-n', namespace, '--replicas=1']);
    const waiting = `select count(*) from pg_ls_archive_statusdir() where name like '%.ready'`;
    await until('all WAL archived', 150, async () => (await cluster.sql(pod, waiting)) === '0');
    await until('it is published that all is well', 30, async () => (await archive())['1'] === 'ok');
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
    await pgha('backup', 'hippo', '--type', 'incr');
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
    await Promise.all([runNow('hippo-verify-repo1'), runNow('hippo-test-restore-repo1')]);
    const shown = await pgha('show', 'backup', 'hippo');
    assert.match(shown, /verified .*: well; \d+ backups, \d+ files, \d+ WAL files/);
    assert.match(shown, /restored for trial .*: well; backup \d{8}-\d{6}F_\d{8}-\d{6}I.*the query gave True/);
  });

  it('leaves nothing unarchived at destroy, and its repository is taken up again', async function () {
    this.timeout(400_000);
    await upWith({ hippo });
    const pod = `${await cluster.primary()}-0`;
    await cluster.sql(pod, 'insert into marks values (300)');
    const last = await cluster.sql(pod, 'select pg_walfile_name(pg_current_wal_lsn())');
    const known = async (): Promise<unknown> => {
      const [{ backups, verification, trial }] = JSON.parse(
        await pgha('show', 'backup', 'hippo', '-o', 'json'),
      ) as [Record<string, unknown>];
      return { backups, verification, trial };
    };
    const before = await known();
    cluster.close();
    await stack.destroy();
    await upWith({ hippo });
    cluster = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-postgres');
    const archived = [
      'exec',
      'hippo-repo-0',
      '-n',
      namespace,
      '--',
      'find',
      '/pgbackrest',
      '-name',
      `${last}-*`,
    ];
    assert.match((await kubectl.run(archived)).trim(), /^\S+$/);
    assert.equal(await cluster.sql(`${await cluster.primary()}-0`, 'select count(*) from marks'), '7');
    // What the first life has published is there again, and no second first backup is taken.
    await cluster.whole(2);
    assert.deepEqual(await known(), before);
  });
});
