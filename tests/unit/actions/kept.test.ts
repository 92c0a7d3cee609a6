import assert from 'node:assert/strict';
import { combine, restore, type Snapshot } from '../../../provider/actions/foundation/kept';
import { World } from './support/world';

describe('what Patroni knew', () => {
  const endpoints = (name: string, annotations: Record<string, string>) => ({
    metadata: { name, annotations },
  });
  const config = (history: unknown[] = []) =>
    endpoints('hippo-config', { initialize: '7', history: JSON.stringify(history) });
  const earlier: Snapshot = {
    hippo: { leader: 'hippo-1-0', optime: '5' },
    'hippo-config': { initialize: '7', history: '[]' },
    'hippo-sync': {},
  };
  const promoted = [[1, 100, 'reason', 'time', 'hippo-2-0']];
  const cases: [string, Snapshot | undefined, ReturnType<typeof endpoints>[], string | undefined][] = [
    ['is nothing without an initialized cluster', undefined, [endpoints('hippo', {})], undefined],
    [
      'names who holds the lock',
      undefined,
      [endpoints('hippo', { leader: 'hippo-3-0' }), config()],
      'hippo-3-0',
    ],
    [
      'names who led before, when the lock was given back',
      earlier,
      [endpoints('hippo', { optime: '9' }), config()],
      'hippo-1-0',
    ],
    ['names who was promoted since', earlier, [endpoints('hippo', {}), config(promoted)], 'hippo-2-0'],
    [
      'names whom the synchronous mode names: promoted since, and gone before it had written the history',
      earlier,
      [endpoints('hippo', { acquireTime: '2' }), config(), endpoints('hippo-sync', { leader: 'hippo-3-0' })],
      'hippo-3-0',
    ],
    [
      'names nobody where somebody unknown took the lock since',
      { ...earlier, hippo: { leader: 'hippo-1-0', acquireTime: '1' } },
      [endpoints('hippo', { acquireTime: '2' }), config()],
      undefined,
    ],
    [
      'names who led before, when nobody took the lock since',
      { ...earlier, hippo: { leader: 'hippo-1-0', acquireTime: '1' } },
      [endpoints('hippo', { acquireTime: '1' }), config()],
      'hippo-1-0',
    ],
    ['is what was captured before, when all is gone', earlier, [], 'hippo-1-0'],
  ];
  for (const [sentence, before, found, leader] of cases)
    it(sentence, () => assert.equal(combine('hippo', before, found)?.['hippo']?.['leader'], leader));

  it('is not written over what a running cluster knows', async () => {
    const world = new World();
    world.put('Endpoints', endpoints('hippo-config', { initialize: '8' }));
    world.changes = 0;
    await restore(world, 'ns', 'hippo', earlier, {});
    assert.equal(world.changes, 0);
  });
});
