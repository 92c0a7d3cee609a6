/** The pooler before the primary: who gets in, what clients share, and what they notice of a change of the primary. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { until } from '../../local/until';
import { DeployedCluster } from '../support/cluster';
import { Connection, type Endpoint } from '../support/connection';
import { keepLogs } from '../support/logs';
import { pghaIn } from '../support/pgha';
import { smallCluster } from '../support/small-cluster';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { single, type Target } from '../support/targets';
import { underLoad } from '../support/under-load';

const namespace = 'e2e-pooler';
const members = 3;

const args: PlainClusterArgs = {
  ...smallCluster,
  replicas: members - 1,
  synchronous: 'quorum',
  users: [{ name: 'app' }, { name: 'late' }, { name: 'other' }],
  pooler: { poolSize: 5, parameters: { query_wait_timeout: '60' } },
};

describe('the pooler', () => {
  let stack: TestStack;
  let kubectl: Kubectl;
  let hippo: DeployedCluster;
  let login: Endpoint;
  let pooler: Target;

  const get = async (...what: string[]) => (await kubectl.run(['get', ...what, '-n', namespace])).trim();
  const secret = async (user: string, key: string) =>
    Buffer.from(
      await get('secret', `hippo-user-${user}`, '-o', `jsonpath={.data.${key.replaceAll('.', '\\.')}}`),
      'base64',
    ).toString('utf8');
  const pods = async () =>
    (await get('pods', '-l', 'postgres-ha.dev/component=pooler', '-o', 'name')).split('\n');
  /** In a pod of the pooler. */
  const inPod = (pod: string, ...command: string[]) =>
    kubectl.run(['exec', '-n', namespace, pod, '--', ...command]);
  const pgha = pghaIn(namespace, process.env.KUBECONFIG!);
  const asked = async (endpoint: Endpoint, sql: string) => {
    const connection = await Connection.open(endpoint, 5000);
    try {
      return (await connection.query(sql, [], 10_000)).rows;
    } finally {
      connection.destroy();
    }
  };

  before(async function () {
    this.timeout(600_000);
    kubectl = new Kubectl((await up()).kubectl, process.env.KUBECONFIG!);
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!);
    await stack.up({ hippo: args });
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    await hippo.whole(members);
    const host = await get('service', 'hippo-pooler', '-o', 'jsonpath={.spec.clusterIP}');
    login = {
      host,
      port: 5432,
      user: 'app',
      password: await secret('app', 'password'),
      database: 'app',
      ca: await secret('app', 'ca.crt'),
      serverName: await secret('app', 'pooler-host'),
    };
    pooler = single('pooler', login);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(120_000);
    hippo?.close();
    await stack?.destroy();
  });

  it('is a Service with the name that the Secret gives, and up when `pulumi up` ends', async () => {
    assert.equal(login.serverName, `hippo-pooler.${namespace}.svc`);
    assert.match(
      await secret('app', 'pooler-uri'),
      /^postgresql:\/\/app:.*@hippo-pooler\.e2e-pooler\.svc:5432\/app\?/,
    );
    assert.match(
      await pgha('test', 'hippo'),
      new RegExp(`pooler \\(${login.host.replaceAll('.', '\\.')}:5432\\): UP`),
    );
    assert.equal((await pods()).length, 2);
    assert.deepEqual(await asked(login, 'select current_user as who'), [{ who: 'app' }]);
  });

  it('lets in nobody with a wrong password, no superuser, none whose time is over, and nothing in clear', async function () {
    this.timeout(60_000);
    const refused = (over: Partial<Endpoint>) => assert.rejects(asked({ ...login, ...over }, 'select 1'));
    await refused({ password: 'wrong' });
    await refused({ user: 'postgres', password: await secret('postgres', 'password'), database: 'postgres' });
    await refused({ user: 'pooler', password: '' });
    await refused({ user: 'replicator', password: '' });
    const late = { ...login, user: 'late', password: await secret('late', 'password'), database: 'postgres' };
    assert.equal((await asked(late, 'select 1')).length, 1);
    const primary = `${await hippo.primary()}-0`;
    await hippo.sql(primary, `alter role late valid until 'yesterday'`);
    await refused(late);
    const [pod = ''] = await pods();
    const clear = ['psql', `host=${login.serverName} dbname=app user=app sslmode=disable`, '-c', 'select 1'];
    await assert.rejects(inPod(pod, ...clear), /SSL required/);
  });

  it('serves many clients by few connections, prepared statements too', async function () {
    this.timeout(60_000);
    const clients = await Promise.all(Array.from({ length: 60 }, () => pooler.open(20_000)));
    try {
      for (let round = 0; round < 3; round++)
        await Promise.all(
          clients.map((client, n) => client.query('select $1::int + pg_backend_pid() * 0', [n], 20_000)),
        );
      const primary = `${await hippo.primary()}-0`;
      const count = await hippo.sql(
        primary,
        `select count(*) from pg_stat_activity where usename = 'app' and backend_type = 'client backend'`,
      );
      // Two pods with five each.
      assert.ok(Number(count) <= 10, `${count} connections`);
    } finally {
      for (const client of clients) client.destroy();
    }
  });

  it('holds its clients during a switchover: no write fails', async function () {
    this.timeout(300_000);
    const before = await hippo.primary();
    let said = '';
    const change = async () => (said = await pgha('switchover', 'hippo', '--yes'));
    // Clients with no time limit of their own, as drivers are by default. With other tests beside it more than 3 s without a write
    // were met; how long it takes where nothing else runs is for bench:failover.
    const noticed = await underLoad(hippo, members, change, { through: pooler, deadline: 60_000 });
    assert.notEqual(await hippo.primary(), before);
    assert.equal(noticed.failed, 0, `${noticed.words}\n${said}`);
    assert.ok(noticed.longest < 20, noticed.words);
  });

  it('follows an unplanned failover', async function () {
    this.timeout(300_000);
    const primary = `${await hippo.primary()}-0`;
    const noticed = await underLoad(
      hippo,
      members,
      () => kubectl.run(['delete', 'pod', primary, '-n', namespace, '--grace-period=0', '--force']),
      { through: pooler },
    );
    assert.ok(noticed.longest < 20, noticed.words);
  });

  it('goes on by itself when whoever paused it has gone', async function () {
    this.timeout(60_000);
    const script = '/etc/postgres-ha/scripts/pooler_pause.py';
    const most = 4;
    // From before the first of them pauses: to run something in a pod takes its time on a busy machine.
    const started = performance.now();
    await Promise.all((await pods()).map((pod) => inPod(pod, 'python3', script, 'pause', String(most), '2')));
    await asked(login, 'select 1');
    const waited = (performance.now() - started) / 1000;
    assert.ok(waited > most && waited < 5 * most, `${waited} s`);
  });

  it('takes a new password and a changed setting without a restart', async function () {
    this.timeout(300_000);
    const restarts = () =>
      get('pods', '-l', 'postgres-ha.dev/component=pooler', '-o', 'jsonpath={..metadata.uid}');
    const before = await restarts();
    await stack.up({
      hippo: {
        ...args,
        users: [{ name: 'app' }, { name: 'late' }, { name: 'other', password: 'a new one' }],
        pooler: { ...(args.pooler as object), maxClientConnections: 77 },
      },
    });
    await until('taking the new password up', 60, async () => {
      await asked({ ...login, user: 'other', password: 'a new one', database: 'postgres' }, 'select 1');
      return true;
    });
    const [pod = ''] = await pods();
    const console_ = ['psql', '-XAt', '-h', '/tmp', '-U', 'pgbouncer', 'pgbouncer', '-c', 'show config'];
    await until('taking the new setting up', 150, async () =>
      (await inPod(pod, ...console_)).includes('max_client_conn|77|'),
    );
    assert.equal(await restarts(), before);
  });

  it('is replaced pod by pod, and no acknowledged row is lost', async function () {
    this.timeout(300_000);
    const noticed = await underLoad(
      hippo,
      members,
      async () => {
        await kubectl.run(['rollout', 'restart', 'deployment/hippo-pooler', '-n', namespace]);
        await kubectl.run([
          'rollout',
          'status',
          'deployment/hippo-pooler',
          '-n',
          namespace,
          '--timeout=120s',
        ]);
        // The last of the old ones is still leaving.
        await pause(8000);
      },
      { through: pooler },
    );
    assert.ok(noticed.longest < 10, noticed.words);
  });
});
