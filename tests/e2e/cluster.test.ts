/** The life of a cluster: created, looked at, reconfigured, renewed, grown, destroyed, and taken up again. */
import assert from 'node:assert/strict';
import { OneCluster } from '../support/one-cluster';
import { changes } from './cluster/changes';
import { data } from './cluster/data';
import { oddPassword, oddUser, secrets } from './cluster/secrets';

const members = 3;

describe('a cluster', () => {
  const one = new OneCluster('e2e-cluster', members, {
    replicas: members - 1,
    synchronous: 'strict',
    storage: { size: '1Gi' },
    repositories: [],
    resources: { memory: '384Mi' },
    users: [{ name: 'app' }, { name: oddUser, password: oddPassword, databases: ['shop'] }],
    databases: [{ name: 'shop', owner: 'app', extensions: ['pg_stat_statements'] }],
  });

  before(async function () {
    this.timeout(300_000);
    await one.open();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await one.keepLogs(this.currentTest.title);
  });

  after(async function () {
    this.timeout(180_000);
    await one.close();
  });

  it('is refused in preview with everything that is wrong, and nothing is touched', async function () {
    this.timeout(60_000);
    const wrong = {
      replicas: 0,
      synchronous: 'strict',
      storage: { size: 'ten' },
      config: { parameters: { Wrok_mem: '1' } },
    };
    const refused = one.stack.previewWith(one.config(wrong)).then(
      () => assert.fail('it was not refused'),
      (error: unknown) => String(error),
    );
    const text = await refused;
    for (const part of [/synchronous/, /storage\.size/, /[Dd]id you mean/, /work_mem/])
      assert.match(text, part);
    assert.equal(await one.get('statefulsets,pvc,secrets', '{.items[*].metadata.name}'), '');
  });

  it('is ready when `pulumi up` ends', async function () {
    this.timeout(300_000);
    const started = performance.now();
    await one.stack.upWith(one.config());
    // It is ready already: there is nothing to wait for but the look itself.
    const primary = await one.look(1000);
    console.log(`      ${((performance.now() - started) / 1000).toFixed(1)} s, primary ${primary}`);
    const sync = await one.hippo.sql(
      `${primary}-0`,
      `select count(*) from pg_stat_replication where sync_state in ('sync','quorum')`,
    );
    // Any of the replicas (docs/decisions/strict-by-quorum.md); Patroni adds them one by one.
    assert.ok(Number(sync) >= 1, `${sync} synchronous replicas`);
  });

  it('has no changes at the next preview', async function () {
    this.timeout(60_000);
    const { changeSummary } = await one.stack.previewWith(one.config());
    assert.deepEqual(Object.keys(changeSummary), ['same']);
  });

  secrets(one);
  changes(one);
  data(one);
});
