/**
 * Every way to say how far a new cluster is restored, from one repository; and what can't be reached, told by the `up` that
 * wanted it, after which another target is taken by the same cluster.
 */
import assert from 'node:assert/strict';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { until } from '../../local/until';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { pghaIn } from '../support/pgha';
import { TestStack, type PlainClusterArgs } from '../support/stack';

const namespace = 'e2e-restore-forms';
const kubeconfig = process.env.KUBECONFIG!;
const small: PlainClusterArgs = {
  storage: { size: '1Gi' },
  resources: { memory: '320Mi', cpu: '50m' },
  replicas: 0,
  schedules: [],
};
const hippo: PlainClusterArgs = { ...small, config: { parameters: { max_connections: 150 } } };
const from = (target: object): PlainClusterArgs => ({
  ...small,
  restoreFrom: { cluster: 'hippo', ...target },
});

describe('forms of a restore', () => {
  let stack: TestStack;
  let kubectl: Kubectl;
  let cluster: DeployedCluster;
  /** The first of two that end after row 1 and row 4. */
  let backup: string;
  /** Where row 2 and row 3 were the last; and the file of WAL that has row 6. */
  let lsn: string, xid: string, segment: string;
  const open: DeployedCluster[] = [];

  const pgha = pghaIn(namespace, kubeconfig);
  const upWith = (clusters: Record<string, PlainClusterArgs>) =>
    stack.upWith({ namespace, namespaceExists: 'true', clusters: JSON.stringify(clusters) });
  const sql = (text: string): Promise<string> => cluster.sql('hippo-1-0', text);
  /** In the repository's own pod. */
  const repository = (script: string): Promise<string> =>
    kubectl.run(['exec', 'hippo-repo-0', '-n', namespace, '--', 'sh', '-euc', script]);
  const archived = async (): Promise<void> => {
    await sql('select pg_switch_wal()');
    const waiting = `select count(*) from pg_ls_archive_statusdir() where name like '%.ready'`;
    await until('all WAL archived', 60, async () => (await sql(waiting)) === '0');
  };
  const labels = async (): Promise<string[]> =>
    (await pgha('show', 'backup', 'hippo')).match(/\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?(?= )/g) ?? [];
  const of = async (name: string): Promise<DeployedCluster> => {
    const found = await DeployedCluster.of(name, namespace, kubeconfig, `${name}-user-postgres`);
    open.push(found);
    return found;
  };
  const rows = async (name: string): Promise<string> =>
    (await of(name)).sql(`${name}-1-0`, 'select array_agg(n order by n) from marks');

  before(async function () {
    this.timeout(400_000);
    kubectl = new Kubectl((await up()).kubectl, kubeconfig);
    stack = await TestStack.open(namespace, kubeconfig, { namespace: true });
    await upWith({ hippo });
    cluster = await of('hippo');
    await until('the first backup', 90, async () => (await labels()).length === 1);
    await cluster.live.exec(namespace, 'hippo-1-0', 'database', ['mkdir', '/pgdata/fast'], 10_000);
    await sql(`create tablespace fast location '/pgdata/fast'`);
    await sql('create table marks (n int) tablespace fast');
    await sql('insert into marks values (1)');
    await pgha('backup', 'hippo', '--type', 'incr');
    backup = (await labels()).at(-1)!;
    await sql('insert into marks values (2)');
    lsn = await sql('select pg_current_wal_insert_lsn()');
    await archived();
    xid = await sql('insert into marks values (3) returning xmin');
    await archived();
    await sql('insert into marks values (4)');
    await sql(`select pg_create_restore_point('before-five')`);
    await archived();
    await pgha('backup', 'hippo', '--type', 'incr');
    await sql('insert into marks values (5)');
    await archived();
    segment = await sql('select pg_walfile_name(pg_current_wal_lsn())');
    await sql('insert into marks values (6)');
    await archived();
    await sql('insert into marks values (7)');
    await archived();
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const clone = await of('clone').catch(() => undefined);
    for (const one of [...open, clone]) await keepLogs(one, `${this.currentTest.title} ${one?.name}`);
  });

  after(async () => {
    open.forEach((one) => one.close());
    await kubectl?.run(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('position, transaction, restore point, backup, first consistent point: each has its rows', async function () {
    this.timeout(480_000);
    const { stdout } = await upWith({
      hippo,
      // With a volume for WAL, which hippo has not.
      lsn: { ...from({ lsn }), walStorage: { size: '512Mi' } },
      // With less connections than hippo.
      xid: { ...from({ xid, backup }), config: { parameters: { max_connections: 40 } } },
      // A name may be anywhere: the newest backup would be behind it.
      name: from({ name: 'before-five', backup }),
      backup: from({ backup }),
      immediate: from({ immediate: true }),
    });
    const found = Object.fromEntries(
      await Promise.all(
        ['lsn', 'xid', 'name', 'backup', 'immediate'].map(async (name) => [name, await rows(name)]),
      ),
    ) as Record<string, string>;
    assert.deepEqual(found, {
      lsn: '{1,2}',
      xid: '{1,2,3}',
      name: '{1,2,3,4}',
      backup: '{1,2,3,4,5,6,7}',
      immediate: '{1,2,3,4}',
    });
    // Each is a line of its row, and of what stays of it at the end.
    const told = [...new Set(stdout.match(/restored from backup .*/g))];
    console.log(told.map((line) => `      ${line}`).join('\n'));
    assert.equal(told.length, 5);
    assert.match(told.join('\n'), /at restore point "before-five"/);
  });

  it('a volume for WAL, fewer connections and a tablespace are as they should be', async () => {
    const clone = await of('lsn');
    const link = ['readlink', '/pgdata/data/pg_wal'];
    assert.equal(
      (await clone.live.exec(namespace, 'lsn-1-0', 'database', link, 10_000)).stdout.trim(),
      '/pgwal/wal',
    );
    assert.equal(
      await clone.sql(
        'lsn-1-0',
        `select pg_tablespace_location(oid) from pg_tablespace where spcname = 'fast'`,
      ),
      '/pgdata/fast',
    );
    const fewer = await of('xid');
    // It needed those of the backup to recover; Patroni has started it anew since.
    assert.equal(await fewer.sql('xid-1-0', 'show max_connections'), '40');
  });

  it('a recovery waits for WAL that can not be read; when its pod is lost then, it begins anew', async function () {
    this.timeout(300_000);
    const file = `/pgbackrest/*/*/archive/db/18-1/0000000100000000/${segment}-*`;
    await repository(`chmod 0 ${file}`);
    const deployed = upWith({ hippo, late: from({}) });
    const pod = () => cluster.live.get('Pod', namespace, 'late-1-0');
    const waits = await until('it waits for WAL', 180, async () => {
      const text = (await pod())?.metadata.annotations?.['postgres-ha.dev/status'] ?? '{}';
      return (JSON.parse(text) as { restore?: { waits?: string } }).restore?.waits;
    });
    console.log(`      ${waits}`);
    assert.match(waits, /Permission denied/);
    // Data that are complete, and not up to the target yet: nobody may take them for a database.
    await kubectl.run(['delete', 'pod', 'late-1-0', '-n', namespace, '--force', '--grace-period=0']);
    await repository(`chmod 640 ${file}`);
    const { stdout } = await deployed;
    console.log(`      ${/restored from backup .*/.exec(stdout)?.[0]}`);
    assert.equal(await rows('late'), '{1,2,3,4,5,6,7}');
    const marks = ['sh', '-c', 'ls /pgdata'];
    const { stdout: there } = await cluster.live.exec(namespace, 'late-1-0', 'database', marks, 10_000);
    assert.doesNotMatch(there, /restoring|unfinished/);
  });

  it('what can not be reached is told, and another target is taken then', async function () {
    this.timeout(480_000);
    const wanted = (target: object) => ({ hippo, clone: from(target) });
    const refused = async (target: object): Promise<string> => {
      const error = await upWith(wanted(target)).then(
        () => assert.fail('it went well'),
        (one: Error) => one,
      );
      const [told] = /the restore failed: [^]*?(restoreFrom|nothing of the source)/.exec(error.message) ?? [];
      assert.ok(told, error.message);
      console.log(`      ${told.split('\n').join('\n      ')}`);
      return told;
    };
    // A copy that was promoted by accident has left a timeline that forks before the newest backup.
    const archive = '/pgbackrest/*/*/archive/db/18-1';
    await repository(
      `cd ${archive}; printf '1\\t0/1000000\\tno recovery target specified\\n' > 00000002.history`,
    );
    assert.match(await refused({}), /target timeline 2 forked from backup timeline 1/);
    assert.match(
      await refused({ timeline: 'current', name: 'nobody-made-it' }),
      /FATAL: .*recovery ended before configured recovery target was reached/,
    );
    await repository(`cd ${archive}; rm 0000000100000000/${segment}-*`);
    assert.match(await refused({ timeline: 'current' }), new RegExp(`WAL ${segment} is missing`));
    const { stdout } = await upWith(wanted({ timeline: 'current', untilGap: true }));
    const [told] = /restored from backup .*/.exec(stdout) ?? [];
    console.log(`      ${told}`);
    assert.match(told!, /\(no recovery target specified\); it goes on with timeline 3/);
    assert.equal(await rows('clone'), '{1,2,3,4,5}');
  });
});
