/** What the plan of a new cluster says of the backups that it is made from. */
import assert from 'node:assert/strict';
import { dynamicProvider } from '../../../provider/actions/core/provider';
import type { FoundationInputs } from '../../../provider/actions/foundation/inputs';
import { foundation } from '../../../provider/actions/foundation/provider';
import { normalise } from '../../../provider/cluster/normalise';
import { foundationInputs } from '../../../provider/cluster/parts';
import { World } from './support/world';

type Properties = Record<string, unknown>;

const backup = {
  label: '20261124-070000F',
  type: 'full',
  stop: Date.parse('2026-11-24T07:00:30Z') / 1000,
  walStart: '000000010000000000000003',
  walStop: '000000010000000000000004',
  lsnStop: '0/4000100',
  databaseBytes: 30 * 2 ** 20,
};
const published = { status: 'ok', backups: [backup], walMax: '000000010000000000000009' };

async function preview(restoreFrom: object, data?: object) {
  const world = new World();
  if (data)
    world.put('ConfigMap', {
      metadata: { name: 'hippo-backups', namespace: 'ns' },
      data: { 'repo1.json': JSON.stringify(data) },
    } as never);
  const before = world.changes;
  const spec = normalise('clone', { namespace: 'ns', replicas: 0, restoreFrom } as never);
  const given = JSON.parse(
    JSON.stringify({ ...foundationInputs(spec), passwords: {}, repositoryKeys: {} }),
  ) as FoundationInputs & Properties;
  const { inputs, failures = [] } = await dynamicProvider(foundation, async () => world).check({}, given);
  assert.equal(world.changes, before);
  const plan = Object.values((inputs as Properties)['plan'] as Record<string, string[]>).flat();
  return { plan: plan.filter((line) => /^restore|^take backup|^the target/.test(line)), failures };
}

describe('a new cluster from backups', () => {
  it('names the backup, its size, and what is possible', async () => {
    const { plan, failures } = await preview({ cluster: 'hippo', lsn: '0/5000000' }, published);
    assert.deepEqual(failures, []);
    assert.deepEqual(plan, [
      'restore from cluster hippo, repository 1 (up to lsn 0/5000000)',
      'take backup 20261124-070000F, 30 MiB of data: possible: from 0/4000100 (end of backup 20261124-070000F) to the end of the archive, which was WAL 000000010000000000000009 when the last backup ended',
    ]);
  });

  it('is refused by the preview when the target is impossible', async () => {
    const { failures } = await preview({ cluster: 'hippo', time: '2026-11-24T06:00:00Z' }, published);
    assert.deepEqual(failures, [
      {
        property: 'restoreFrom',
        reason:
          "cluster hippo, repository 1 can't be restored so: target 2026-11-24 06:00:00+00 is before the end of the first backup that can be used; possible: from 2026-11-24 07:00:30+00 (end of backup 20261124-070000F) to the end of the archive, which was WAL 000000010000000000000009 when the last backup ended.",
      },
    ]);
  });

  for (const [what, from] of [
    ['of which nothing is published', { cluster: 'hippo' }],
    ['that is known by its path alone', { path: 'databases/hippo/20261124-0744bcb8' }],
  ] as const)
    it(`says that the target is not checked, for a repository ${what}`, async () => {
      const { plan, failures } = await preview(from);
      assert.deepEqual(failures, []);
      assert.deepEqual(plan.slice(1), [
        "the target is not checked before the restore: a preview can't read what backups there are",
      ]);
    });
});
