/** What becomes of a cluster's data when it is destroyed. */
import assert from 'node:assert/strict';
import { until } from '../../../local/until';
import type { OneCluster } from '../../support/one-cluster';
import { password } from './secrets';

export function data(one: OneCluster): void {
  it('leaves its data at destroy, and takes it up when it is made again', async function () {
    this.timeout(400_000);
    const primary = `${await one.hippo.primary()}-0`;
    await one.hippo.sql(primary, 'create table kept as select generate_series(1, 1000) as n');
    const identifier = await one.hippo.sql(primary, 'select system_identifier from pg_control_system()');
    const before = await password(one, 'hippo-user-app');
    one.leave();
    await one.stack.destroy();
    assert.equal((await one.get('pvc', '{.items[*].metadata.name}')).split(' ').length, one.members);
    assert.equal(
      await one.left('statefulsets,pods,services,configmaps'),
      // What Patroni knew is kept for the next time (actions/foundation/kept.ts).
      'hippo-journal',
    );
    const { stdout } = await one.stack.upWith(one.config({ storage: { size: '2Gi' } }));
    assert.match(stdout, /take up/);
    const next = `${await one.look()}-0`;
    assert.equal(await one.hippo.sql(next, 'select count(*) from kept'), '1000');
    assert.equal(await one.hippo.sql(next, 'select system_identifier from pg_control_system()'), identifier);
    assert.equal(await password(one, 'hippo-user-app'), before);
  });

  it('deletes its data at destroy when it was told to', async function () {
    this.timeout(300_000);
    await one.stack.upWith(one.config({ storage: { size: '2Gi' }, deletionPolicy: 'delete' }));
    one.leave();
    await one.stack.destroy();
    await until(
      'everything is gone',
      60,
      async () => (await one.left('pvc,secrets,endpoints,configmaps')) === '',
    );
  });
}
