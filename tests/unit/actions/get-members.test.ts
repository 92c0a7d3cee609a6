import assert from 'node:assert/strict';
import { argumentsFor, removal } from '../../../provider/actions/get-members/report';
import type { Observed } from '../../../provider/actions/members/observe';
import type { MemberState } from '../../../provider/live/patroni';
import { memberNames } from '../../../provider/manifests/names';
import { member } from './support/observed-cluster';

const primary = member('hippo-1', { role: 'primary', streaming: false });
const down = { ready: false, streaming: false, state: '' };

function cluster(replicas: MemberState[], synchronous: string[] = []): Observed {
  return { members: [primary, ...replicas], leader: 'hippo-1', synchronous };
}

describe('whether a member may be removed', () => {
  const async = { number: 0, strict: false };
  const strict = { number: 1, strict: true };
  const two = [member('hippo-2'), member('hippo-3')];
  const cases: [string, string, Observed, typeof async, boolean, RegExp][] = [
    ['the only one', 'hippo-1', cluster([]), async, false, /^it is the only member$/],
    ['a replica', 'hippo-3', cluster(two), async, true, /^a replica$/],
    ['the last replica', 'hippo-2', cluster([member('hippo-2')]), async, true, /there is no failover$/],
    ['the primary', 'hippo-1', cluster(two), async, true, /hands over to hippo-2 or hippo-3 first$/],
    [
      'a primary without a successor',
      'hippo-1',
      cluster([member('hippo-2', down)]),
      async,
      false,
      /no other member streams$/,
    ],
    [
      'a primary whose replicas do not hold all commits',
      'hippo-1',
      cluster(two),
      strict,
      false,
      /is a synchronous standby that streams$/,
    ],
    [
      'a synchronous standby',
      'hippo-2',
      cluster(two, ['hippo-2']),
      strict,
      true,
      /^it leaves the synchronous standbys first$/,
    ],
    [
      'the last one that commits can wait for',
      'hippo-2',
      cluster([member('hippo-2')], ['hippo-2']),
      strict,
      false,
      /and none would be left/,
    ],
    [
      'one beside which none streams',
      'hippo-2',
      cluster([member('hippo-2'), member('hippo-3', down)], ['hippo-2']),
      strict,
      false,
      /none of the others stream now$/,
    ],
    [
      'one that is down, whoever streams',
      'hippo-3',
      cluster([member('hippo-2'), member('hippo-3', down)], ['hippo-2']),
      strict,
      true,
      /^a replica$/,
    ],
  ];
  for (const [sentence, name, observed, mode, removable, reason] of cases)
    it(sentence, () => {
      const found = removal(name, observed, mode);
      assert.equal(found.removable, removable, found.reason);
      assert.match(found.reason, reason);
    });
});

describe('the arguments for members', () => {
  for (const [replicas, remove] of [
    [2, []],
    [1, ['hippo-2']],
    [2, ['hippo-1', 'hippo-3']],
  ] as [number, string[]][])
    it(`are those that name them: ${replicas} without ${remove.join(' and ') || 'any'}`, () =>
      assert.deepEqual(argumentsFor('hippo', memberNames('hippo', replicas, remove)), { replicas, remove }));
});
