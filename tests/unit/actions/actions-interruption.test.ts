/** Every prefix of a plan as an interruption, also inside of a step after it has acted: the next run does the rest, and nothing twice. */
import assert from 'node:assert/strict';
import type { Action } from '../../../provider/actions/core/action';
import { dynamicProvider } from '../../../provider/actions/core/provider';
import { fence } from '../../../provider/actions/fence/provider';
import {
  observeCluster,
  type ActionInputs,
  type ObservedCluster,
} from '../../../provider/actions/members/cluster';
import { maintenance } from '../../../provider/actions/maintenance/provider';
import { reinitialize } from '../../../provider/actions/reinitialize/provider';
import { restart } from '../../../provider/actions/restart/provider';
import { switchover } from '../../../provider/actions/switchover/provider';
import type { RolloutInputs } from '../../../provider/actions/rollout/inputs';
import { PatroniWorld } from './support/patroni-world';
import { shells, type Served } from './support/shells';

const names = ['hippo-1', 'hippo-2', 'hippo-3'];

function world(leader: string): PatroniWorld {
  const inputs: RolloutInputs = {
    cluster: 'hippo',
    namespace: 'ns',
    members: names.map((name) => ({ name, fingerprint: {}, restartParameters: {} })),
    restartParameters: {},
    synchronous: { mode: 'quorum', number: 1 },
    config: '',
    databases: '',
    deletionPolicy: 'retain',
  };
  const running = Object.fromEntries(names.map((name) => [name, { fingerprint: {}, running: {} }]));
  const made = new PatroniWorld(inputs, running, leader);
  made.countsSwitchovers = true;
  return made;
}

type AnyAction = Action<ActionInputs, ObservedCluster>;

interface Scenario {
  readonly title: string;
  readonly action: AnyAction;
  readonly inputs: object;
  /** What must hold in the end, however often it was interrupted. */
  readonly holds: (world: PatroniWorld) => void;
}

const downs = (expected: readonly string[]) => (now: PatroniWorld) =>
  assert.deepEqual([...now.downs].sort(), expected, 'each goes down once, and nobody else');

const scenarios: readonly Scenario[] = [
  {
    title: 'Restart of all',
    action: restart as unknown as AnyAction,
    inputs: {},
    holds: (now) => {
      downs(names)(now);
      assert.equal(now.switchovers.length, 1);
    },
  },
  {
    title: 'Restart of the primary in place',
    action: restart as unknown as AnyAction,
    inputs: { members: ['hippo-1'], inPlace: true },
    holds: (now) => {
      downs(['hippo-1'])(now);
      assert.equal(now.leader, 'hippo-1');
    },
  },
  {
    title: 'Switchover to a named member',
    action: switchover as unknown as AnyAction,
    inputs: { to: 'hippo-2' },
    holds: (now) => {
      assert.equal(now.leader, 'hippo-2');
      assert.equal(now.switchovers.length, 1);
    },
  },
  {
    title: 'Switchover to the best member',
    action: switchover as unknown as AnyAction,
    inputs: {},
    holds: (now) => {
      assert.notEqual(now.leader, 'hippo-1');
      assert.equal(now.switchovers.length, 1);
    },
  },
  {
    title: 'Fence of the primary',
    action: fence as unknown as AnyAction,
    inputs: { members: ['hippo-1'] },
    holds: (now) => {
      assert.notEqual(now.leader, 'hippo-1');
      assert.equal(now.pods.get('hippo-1')?.down, Infinity);
    },
  },
  {
    title: 'Maintenance',
    action: maintenance as unknown as AnyAction,
    inputs: {},
    holds: (now) => assert.equal(now.paused, true),
  },
  {
    title: 'Reinitialize',
    action: reinitialize as unknown as AnyAction,
    inputs: { member: 'hippo-3' },
    holds: downs(['hippo-3']),
  },
];

const interrupted = (served: Served) => () => {
  afterEach(() => {
    delete process.env.PULUMI_POSTGRES_HA_TEST_FAULT;
  });

  async function up(now: PatroniWorld, { action, inputs }: Scenario): Promise<void> {
    const provider = served(dynamicProvider(action, async () => now));
    const given = { cluster: 'hippo', namespace: 'ns', trigger: '1', ...inputs };
    const { inputs: checked, failures } = await provider.check({}, given);
    assert.deepEqual(failures, []);
    await provider.create(checked);
  }

  for (const scenario of scenarios) {
    it(`${scenario.title}: is previewed with get and list alone`, async () => {
      const now = world('hippo-1');
      now.used.clear();
      const provider = served(dynamicProvider(scenario.action, async () => now));
      await provider.check({}, { cluster: 'hippo', namespace: 'ns', trigger: '1', ...scenario.inputs });
      assert.deepEqual(
        [...now.used].filter((one) => !/^(get|list|watch) /.test(one) || one.endsWith('Secret')),
        [],
      );
      assert.equal(now.changes, 0);
    });

    it(`${scenario.title}: goes on after each step`, async () => {
      for (const place of ['before', 'after'])
        for (let step = 1; step <= 5; step++) {
          const now = world('hippo-1');
          process.env.PULUMI_POSTGRES_HA_TEST_FAULT = `${scenario.action.kind} ${step} ${place} stop`;
          await up(now, scenario).catch((error: Error) => assert.match(error.message, /a test says so/));
          delete process.env.PULUMI_POSTGRES_HA_TEST_FAULT;
          await up(now, scenario);
          scenario.holds(now);
          assert.ok(now.greatestDown <= 1, `${now.greatestDown} down at once`);
          assert.equal(now.leaderLost, 0, 'the primary went down without a switchover');
        }
    });

    it(`${scenario.title}: goes on when the process dies after a step has acted and before it is recorded`, async () => {
      // The nth request that changes something is carried out, and the process does not live to hear of it.
      for (let nth = 1; nth <= 4; nth++) {
        const now = world('hippo-1');
        const run = now.run.bind(now);
        let acts = 0;
        now.run = (pod, command) => {
          const answer = run(pod, command);
          const acted = command.includes('POST') || command.includes('PATCH');
          if (acted && ++acts === nth) throw new Error('died');
          return answer;
        };
        await up(now, scenario).catch((error: Error) => assert.match(error.message, /died/));
        now.run = run;
        await up(now, scenario);
        scenario.holds(now);
      }
    });
  }
};

for (const [shell, served] of shells) describe(`an interrupted action, ${shell}`, interrupted(served));

describe('a member that leaves in the same `up`', () => {
  it('is none of those that actions work on, though its StatefulSet is still there', async () => {
    const now = world('hippo-1');
    const { data } = now.peek('ConfigMap', 'hippo-config')!;
    now.put('ConfigMap', {
      metadata: { name: 'hippo-config' },
      data: { ...data, 'leaving.json': '["hippo-3"]\n' },
    });
    const { declared } = await observeCluster(now, { namespace: 'ns', cluster: 'hippo' });
    assert.deepEqual(declared, ['hippo-1', 'hippo-2']);
  });
});
