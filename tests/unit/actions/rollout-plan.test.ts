import assert from 'node:assert/strict';
import { lines } from '../../../provider/actions/core/plan';
import type { RolloutInputs } from '../../../provider/actions/rollout/inputs';
import type { Observed } from '../../../provider/actions/rollout/observe';
import { plan } from '../../../provider/actions/rollout/plan';
import type { MemberState } from '../../../provider/live/patroni';
import { member as plain } from './support/observed-cluster';

const old = { image: 'a', memory: '512Mi', pod: '1' };

function member(name: string, change: Partial<MemberState> = {}): MemberState {
  return plain(name, { fingerprint: old, agent: { running: { max_connections: '100' } }, ...change });
}

function inputs(
  change: Partial<RolloutInputs> = {},
  fingerprint: Record<string, string> = old,
  names = ['hippo-1', 'hippo-2', 'hippo-3'],
): RolloutInputs {
  return {
    cluster: 'hippo',
    namespace: 'ns',
    members: names.map((name) => ({ name, fingerprint, restartParameters: {} })),
    synchronous: { mode: 'async', number: 1 },
    restartParameters: { max_connections: '100' },
    config: '',
    databases: '',
    deletionPolicy: 'retain',
    ...change,
  };
}

function three(change: Partial<Observed> = {}): Observed {
  return {
    members: [member('hippo-1', { role: 'primary', streaming: false }), member('hippo-2'), member('hippo-3')],
    leader: 'hippo-1',
    synchronous: [],
    ...change,
  };
}

const waits = 'wait until hippo-1, hippo-2, hippo-3 are ready';

describe('the plan of a rollout', () => {
  const cases: [string, Observed, RolloutInputs, RolloutInputs | undefined, string[]][] = [
    ['only waits for a new cluster', { members: [], synchronous: [] }, inputs(), undefined, [waits]],
    ['is the same when the same up has already started its members', three(), inputs(), undefined, [waits]],
    [
      'replaces replicas first, then the primary after a switchover, and says why',
      three(),
      inputs({}, { ...old, image: 'b', memory: '1Gi' }),
      inputs(),
      [
        'replace the pod of hippo-2: image a → b, memory 512Mi → 1Gi',
        'replace the pod of hippo-3: image a → b, memory 512Mi → 1Gi',
        'switchover from hippo-1 (to hippo-2)',
        'replace the pod of hippo-1: image a → b, memory 512Mi → 1Gi',
        waits,
      ],
    ],
    [
      'asks Patroni for a restart where only a parameter changes: replicas first when it grows',
      three(),
      inputs({ restartParameters: { max_connections: '200' } }),
      inputs(),
      [
        'restart PostgreSQL of hippo-2: max_connections 100 → 200',
        'restart PostgreSQL of hippo-3: max_connections 100 → 200',
        'switchover from hippo-1 (to hippo-2)',
        'restart PostgreSQL of hippo-1: max_connections 100 → 200',
        waits,
      ],
    ],
    [
      'restarts the primary first and in place when a parameter that standbys check falls',
      three(),
      inputs({ restartParameters: { max_connections: '50' } }),
      inputs(),
      [
        'restart PostgreSQL of hippo-1 (in place, first: a standby must not have less than its primary; writes are refused until it has started, some seconds): max_connections 100 → 50',
        'restart PostgreSQL of hippo-2: max_connections 100 → 50',
        'restart PostgreSQL of hippo-3: max_connections 100 → 50',
        waits,
      ],
    ],
    [
      'names a parameter that was not set before by the old inputs, whatever the agents publish by now',
      three({
        members: [
          member('hippo-1', { agent: { running: { max_connections: '100', huge_pages: 'try' } } }),
          member('hippo-2', { agent: { running: { max_connections: '100', huge_pages: 'on' } } }),
          member('hippo-3'),
        ],
      }),
      inputs({ restartParameters: { max_connections: '100', huge_pages: 'on' } }),
      inputs(),
      [
        'restart PostgreSQL of hippo-3: huge_pages default → on',
        'switchover from hippo-1 (to hippo-2)',
        'restart PostgreSQL of hippo-1: huge_pages default → on',
        waits,
      ],
    ],
    [
      'does not restart for another way to write the same value',
      three({
        members: [
          member('hippo-1', { agent: { running: { shared_buffers: '128MB' } } }),
          member('hippo-2'),
          member('hippo-3'),
        ],
      }),
      inputs({ restartParameters: { max_connections: '100', shared_buffers: '131072kB' } }),
      inputs({ restartParameters: { max_connections: '100', shared_buffers: '131072kB' } }),
      [waits],
    ],
    [
      'changes one member alone',
      three(),
      {
        ...inputs(),
        members: inputs().members.map((one) =>
          one.name === 'hippo-3' ? { ...one, restartParameters: { max_connections: '300' } } : one,
        ),
      },
      inputs(),
      ['restart PostgreSQL of hippo-3: max_connections 100 → 300', waits],
    ],
    [
      'repairs a member that is down before it takes down another',
      three({
        members: [
          member('hippo-1', { role: 'primary' }),
          member('hippo-2'),
          member('hippo-3', { ready: false, streaming: false, state: '' }),
        ],
      }),
      inputs({}, { ...old, image: 'b' }),
      inputs(),
      [
        'replace the pod of hippo-3: image a → b',
        'replace the pod of hippo-2: image a → b',
        'switchover from hippo-1 (to hippo-2)',
        'replace the pod of hippo-1: image a → b',
        waits,
      ],
    ],
    [
      'names the synchronous standby only as the one of that moment',
      three({ synchronous: ['hippo-3'] }),
      inputs({ synchronous: { mode: 'sync', number: 1 } }, { ...old, cpu: '1' }),
      inputs(),
      [
        'replace the pod of hippo-2: cpu none → 1',
        'replace the pod of hippo-3: cpu none → 1',
        'switchover from hippo-1 (to hippo-2 or another synchronous standby)',
        'replace the pod of hippo-1: cpu none → 1',
        waits,
      ],
    ],
    [
      'hands over first when the primary is the member that leaves',
      three({ leader: 'hippo-3' }),
      inputs({}, old, ['hippo-1', 'hippo-2']),
      inputs(),
      [
        'switchover from hippo-3 (to hippo-1): hippo-3 leaves',
        'wait until hippo-1, hippo-2 are ready',
        'let hippo-3 go (leads now; then its pod and StatefulSet are deleted)',
      ],
    ],
    [
      'lets a replica go when those that stay are ready, out of the synchronous standbys first, and says what it is',
      three({
        synchronous: ['hippo-2'],
        members: [
          member('hippo-1', { role: 'primary', streaming: false }),
          member('hippo-2', { agent: { running: { max_connections: '80' } } }),
        ],
      }),
      inputs({ synchronous: { mode: 'strict', number: 1 } }, old, ['hippo-1', 'hippo-3']),
      inputs({ synchronous: { mode: 'strict', number: 1 } }, old, ['hippo-1', 'hippo-2']),
      [
        'wait until hippo-1, hippo-3 are ready (new: hippo-3)',
        'let hippo-2 go (replica, streams, restart pending: max_connections 80 → 100; out of the synchronous standbys first; then its pod and StatefulSet are deleted)',
      ],
    ],
    [
      'names each volume that is deleted with a member',
      three({ volumes: [{ name: 'hippo-3-data', member: 'hippo-3', size: '10Gi' }] }),
      inputs({ removedData: 'delete' }, old, ['hippo-1', 'hippo-2']),
      inputs(),
      [
        'wait until hippo-1, hippo-2 are ready',
        'let hippo-3 go (replica, streams; then its pod and StatefulSet are deleted)',
        'delete PersistentVolumeClaim hippo-3-data (10Gi, for ever, once its pod has gone): hippo-3 leaves, and removedData is "delete"',
      ],
    ],
    [
      'restarts nothing where the policy says so, and says what waits',
      three(),
      inputs({ restartParameters: { max_connections: '200' }, restartPolicy: 'manual' }),
      inputs(),
      [
        'keep PostgreSQL of hippo-1 running, restart pending (restartPolicy "manual"): max_connections 100 → 200',
        'keep PostgreSQL of hippo-2 running, restart pending (restartPolicy "manual"): max_connections 100 → 200',
        'keep PostgreSQL of hippo-3 running, restart pending (restartPolicy "manual"): max_connections 100 → 200',
        waits,
      ],
    ],
    [
      'repairs who is down even where the policy is manual',
      three({
        members: [
          member('hippo-1', { role: 'primary' }),
          member('hippo-2'),
          member('hippo-3', { ready: false, streaming: false, state: '' }),
        ],
      }),
      inputs({ restartPolicy: 'manual' }, { ...old, image: 'b' }),
      inputs(),
      [
        'replace the pod of hippo-3: image a → b',
        'keep the pod of hippo-1, restart pending (restartPolicy "manual"): image a → b',
        'keep the pod of hippo-2, restart pending (restartPolicy "manual"): image a → b',
        waits,
      ],
    ],
    [
      'takes up what waits since an earlier update',
      three(),
      inputs({ restartParameters: { max_connections: '200' } }),
      inputs({ restartParameters: { max_connections: '200' }, restartPolicy: 'manual' }),
      [
        'restart PostgreSQL of hippo-2: max_connections 100 → 200',
        'restart PostgreSQL of hippo-3: max_connections 100 → 200',
        'switchover from hippo-1 (to hippo-2)',
        'restart PostgreSQL of hippo-1: max_connections 100 → 200',
        waits,
      ],
    ],
    [
      'restarts the primary in place where the policy says so, after the replicas',
      three(),
      inputs({ restartParameters: { max_connections: '200' }, restartPolicy: 'inPlace' }),
      inputs(),
      [
        'restart PostgreSQL of hippo-2: max_connections 100 → 200',
        'restart PostgreSQL of hippo-3: max_connections 100 → 200',
        'restart PostgreSQL of hippo-1 (in place: writes are refused until it has started, some seconds): max_connections 100 → 200',
        waits,
      ],
    ],
    [
      'says which members are new',
      three(),
      inputs({}, old, ['hippo-1', 'hippo-2', 'hippo-3', 'hippo-4']),
      inputs(),
      ['wait until hippo-1, hippo-2, hippo-3, hippo-4 are ready (new: hippo-4)'],
    ],
    [
      'replaces the pod of a single member without a switchover',
      { members: [member('hippo-1', { role: 'primary' })], leader: 'hippo-1', synchronous: [] },
      inputs({}, { ...old, image: 'b' }, ['hippo-1']),
      inputs({}, old, ['hippo-1']),
      [
        'replace the pod of hippo-1 (nobody to switch to: writes are refused until it has started, some seconds): image a → b',
        'wait until hippo-1 is ready',
      ],
    ],
    [
      'replaces all pods when none leads, as after a wrong image',
      three({
        leader: undefined,
        members: ['hippo-1', 'hippo-2'].map((name) =>
          member(name, { ready: false, state: '', streaming: false, agent: {} }),
        ),
      }),
      inputs({}, { ...old, image: 'b' }, ['hippo-1', 'hippo-2']),
      undefined,
      [
        'replace the pod of hippo-1: image a → b',
        'replace the pod of hippo-2: image a → b',
        'wait until hippo-1, hippo-2 are ready',
      ],
    ],
  ];
  for (const [sentence, observed, wanted, previous, expected] of cases)
    it(sentence, () => assert.deepEqual(lines(plan(observed, wanted, previous)), expected));

  it('says when its switchover takes longer, since a repository takes no WAL', () => {
    const unarchived = { ...member('hippo-1'), agent: { archive: { 1: 'ERROR: [082]: timeout' } } };
    const observed = three({ members: [unarchived, member('hippo-2'), member('hippo-3')] });
    const [step] = lines(plan(observed, inputs({}, old, ['hippo-2', 'hippo-3']), inputs()));
    const late = 'repository 1 takes no WAL now, so that hippo-1 stops up to 40 s late';
    assert.equal(step, `switchover from hippo-1 (to hippo-2; ${late}): hippo-1 leaves`);
  });
});
