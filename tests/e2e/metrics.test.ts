/** Metrics of PostgreSQL: added to a cluster that is there, of every member, by a role that may do nothing else. */
import assert from 'node:assert/strict';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { until } from '../../local/until';
import { podName } from '../../provider/manifests/names';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { pghaIn } from '../support/pgha';
import { planIn } from '../support/plan-in';
import { smallCluster } from '../support/small-cluster';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { underLoad } from '../support/under-load';

const namespace = 'e2e-metrics';
const members = ['hippo-1', 'hippo-2'];
/** The exporter divides its data source at commas and blanks. */
const database = 'shop, second';

const without: PlainClusterArgs = {
  ...smallCluster,
  replicas: 1,
  databases: [
    { name: 'app', owner: 'app' },
    { name: database, owner: 'app' },
  ],
};
const args: PlainClusterArgs = { ...without, metrics: { database } };

describe('metrics', () => {
  let stack: TestStack;
  let kubectl: Kubectl;
  let hippo: DeployedCluster;

  /** What Prometheus would read: values by metric and labels. */
  const scraped = async (member: string, port: number): Promise<Map<string, number>> => {
    const ip = (await hippo.pod(member)).status?.podIP;
    const text = await (await fetch(`http://${ip}:${port}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
    );
  };
  /** The primary's: on a replica everything that writes is refused for that reason alone. */
  const inExporter = async (...command: string[]) => {
    const pod = podName(await hippo.primary());
    return kubectl.run(['exec', '-n', namespace, pod, '-c', 'exporter', '--', ...command]);
  };
  const psql = (user: string, sql: string, host = '/run/postgresql') =>
    inExporter('psql', '-XAtw', '-h', host, '-U', user, '-d', database, '-c', sql);

  before(async function () {
    this.timeout(600_000);
    kubectl = new Kubectl((await up()).kubectl, process.env.KUBECONFIG!);
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!);
    await stack.up({ hippo: without });
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    await hippo.whole(members.length);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(120_000);
    hippo?.close();
    await stack?.destroy();
  });

  it('are added as previewed, member by member', async function () {
    this.timeout(300_000);
    const { stdout } = await stack.preview({ hippo: args });
    const plan = planIn('Rollout', stdout).slice(1);
    assert.equal(
      plan.filter((line) => line.includes(`metrics none → of ${database}`)).length,
      2,
      plan.join('\n'),
    );
    const { words, mostDown } = await underLoad(hippo, members.length, () => stack.up({ hippo: args }));
    assert.equal(mostDown, 1, words);
  });

  it('are those of PostgreSQL, of each member, and of the tables of the named database', async function () {
    this.timeout(60_000);
    const primary = await hippo.primary();
    await kubectl.run([
      ...['exec', '-n', namespace, podName(primary), '-c', 'database', '--', 'psql', '-XAt', '-d', database],
      ...['-c', 'create table orders (n int); insert into orders select generate_series(1, 1000)'],
    ]);
    for (const member of members) {
      // Statistics of a table are told when the transaction has ended, a second later at most.
      const found = await until(`metrics of ${member}`, 30, async () => {
        const metrics = await scraped(member, 9187);
        return metrics.get('pg_up') === 1 ? metrics : undefined;
      });
      assert.equal(found.get('pg_exporter_last_scrape_error'), 0);
      const failed = [...found].filter(
        ([name, value]) => name.startsWith('pg_scrape_collector_success') && value !== 1,
      );
      assert.deepEqual(failed, [], member);
      assert.equal(found.get('pg_replication_is_replica'), member === primary ? 0 : 1);
      const receives = [...found.keys()].some((name) => name.startsWith('pg_stat_wal_receiver_received_tli'));
      assert.equal(receives, member !== primary, 'on which an alert rests');
      for (const datname of ['app', database])
        assert.ok(found.get(`pg_database_size_bytes{datname="${datname}"}`)! > 1e6, datname);
      assert.ok(
        [...found.keys()].some((name) => name.startsWith('pg_database_wraparound_age_datfrozenxid_seconds')),
      );
    }
    await until('the statistics of the table', 30, async () =>
      [...(await scraped(primary, 9187))].some(
        ([name, value]) =>
          name.startsWith('pg_stat_user_tables_n_tup_ins{') &&
          name.includes(`datname="${database}"`) &&
          name.includes('relname="orders"') &&
          value === 1000,
      ),
    );
  });

  it('are read by a role that is let in by the socket alone, and sees no rows', async () => {
    assert.equal(
      (
        await psql('exporter', 'select current_user, pg_has_role(current_user, $$pg_monitor$$, $$usage$$)')
      ).trim(),
      'exporter|t',
    );
    await assert.rejects(psql('exporter', 'select * from orders'), /permission denied/);
    await assert.rejects(psql('exporter', 'create table t ()'), /permission denied/);
    await assert.rejects(psql('postgres', 'select 1'), /Peer authentication failed/);
    await assert.rejects(psql('replicator', 'select 1'), /pg_hba.conf rejects/);
    const ip = (await hippo.pod('hippo-1')).status!.podIP!;
    await assert.rejects(psql('exporter', 'select 1', ip), /pg_hba.conf rejects/);
  });

  it('are all that the port gives, and the exporter has no right on the API', async () => {
    const ip = (await hippo.pod('hippo-1')).status?.podIP;
    for (const path of ['/probe?target=hippo', '/debug/pprof/', '/'])
      assert.equal((await fetch(`http://${ip}:9187${path}`)).status, 404, path);
    await assert.rejects(fetch(`http://${ip}:19187/metrics`));
    assert.equal((await inExporter('ls', '/var/run/secrets/kubernetes.io/serviceaccount')).trim(), '');
  });

  it('leave a role alone that is somebody else’s', async function () {
    this.timeout(60_000);
    const primary = podName(await hippo.primary());
    const status = async () =>
      (await hippo.live.get('Pod', namespace, primary))?.metadata.annotations?.['postgres-ha.dev/status'] ??
      '';
    await hippo.sql(primary, `alter role exporter password 'theirs'`);
    // The agent looks every ten seconds.
    await until('the report of it', 30, async () => (await status()).includes('does not take over'));
    await hippo.sql(primary, 'alter role exporter password null');
    await until('the end of the report', 30, async () => !(await status()).includes('does not take over'));
  });

  it('follow a switchover', async function () {
    this.timeout(120_000);
    const before = await hippo.primary();
    await pghaIn(namespace, process.env.KUBECONFIG!)('switchover', 'hippo', '--yes');
    const after = members.find((member) => member !== before)!;
    await until('the replica of before being the primary in its metrics', 60, async () => {
      const [postgres, cluster] = [await scraped(after, 9187), await scraped(after, 8009)];
      const leads = cluster.get(`postgres_ha_leader{cluster="hippo",member="${after}"}`);
      return postgres.get('pg_replication_is_replica') === 0 && leads === 1;
    });
  });

  it('tell of the member: certificate, problems, settings that wait', async () => {
    const found = await scraped('hippo-1', 8009);
    const of = '{cluster="hippo",member="hippo-1"}';
    assert.equal(found.get(`postgres_ha_problems${of}`), 0);
    assert.equal(found.get(`postgres_ha_pending_restart${of}`), 0);
    const days =
      (found.get(`postgres_ha_certificate_expiry_timestamp_seconds${of}`)! - Date.now() / 1000) / 86400;
    assert.ok(days > 80 && days <= 90, `${days} days`);
  });
});
