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

describe('backups', () => {
  let stack: TestStack;
  let kubectl: Kubectl;
  let hippo: DeployedCluster;
  let between: string;

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
  before(async function () {
    this.timeout(300_000);
    kubectl = new Kubectl((await up()).kubectl, process.env.KUBECONFIG!);
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!);
    await stack.up({ hippo: { ...small, replicas: 1 } });
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-postgres');
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(300_000);
    hippo?.close();
    await kubectl?.run(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('a cluster that is ready archives, and its first full backup is taken', async function () {
    this.timeout(120_000);
    const status = (await hippo.pod(await hippo.primary())).metadata.annotations!['postgres-ha.dev/status']!;
    assert.deepEqual((JSON.parse(status) as { archive: unknown }).archive, { 1: 'ok' });
    await until('the first backup', 90, async () =>
      /\d{8}-\d{6}F +full/.test(await pgha('show', 'backup', 'hippo')),
    );
  });

  it('a backup on demand is an incremental one of little size', async function () {
    this.timeout(120_000);
    await pgha('backup', 'hippo', '--type', 'incr');
    assert.match(await pgha('show', 'backup', 'hippo'), /F_\d{8}-\d{6}I +incr/);
  });

  it('writes go on while the repository host is away, and no WAL is missing after', async function () {
    this.timeout(180_000);
    const pod = `${await hippo.primary()}-0`;
    await hippo.sql(pod, 'create table marks (n int)');
    await kubectl.run(['scale', 'statefulset', 'hippo-repo', '-n', namespace, '--replicas=0']);
    await kubectl.run(['wait', '-n', namespace, '--for=delete', 'pod/hippo-repo-0', '--timeout=60s']);
    for (let n = 0; n < 4; n++) {
      const before = performance.now();
      await hippo.sql(pod, `insert into marks values (${n})`);
      assert.ok(performance.now() - before < 5000);
      await hippo.sql(pod, 'select pg_switch_wal()');
    }
    await kubectl.run(['scale', 'statefulset', 'hippo-repo', '-n', namespace, '--replicas=1']);
    const waiting = `select count(*) from pg_ls_archive_statusdir() where name like '%.ready'`;
    await until('all WAL archived', 150, async () => (await hippo.sql(pod, waiting)) === '0');
  });

  it('a new cluster is made from a second of it, with exactly the rows before', async function () {
    this.timeout(300_000);
    const pod = `${await hippo.primary()}-0`;
    await hippo.sql(pod, 'insert into marks values (100)');
    await pause(1500);
    between = await hippo.sql(pod, 'select clock_timestamp()');
    await pause(1500);
    await hippo.sql(pod, 'insert into marks values (200)');
    await hippo.sql(pod, 'select pg_switch_wal()');
    await pgha('backup', 'hippo', '--type', 'incr');
    await stack.up({
      hippo: { ...small, replicas: 1 },
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
});
