/** Every prefix of a plan as an interruption: the next run does the rest, and no invariant breaks on the way. */
import assert from 'node:assert/strict';
import type { Watchman } from '../../../provider/actions/core/alive';
import { lines } from '../../../provider/actions/core/plan';
import { perform, Stopped } from '../../../provider/actions/core/perform';
import { silent } from '../../../provider/actions/core/progress';
import { parseEntries } from '../../../provider/actions/core/journal';
import type { RolloutInputs } from '../../../provider/actions/rollout/inputs';
import { observe } from '../../../provider/actions/members/observe';
import { plan } from '../../../provider/actions/rollout/plan';
import { rollout } from '../../../provider/actions/rollout/provider';
import { PatroniWorld } from './support/patroni-world';

/** Stops at the nth question. */
function stopAt(n: number): Watchman {
  let asked = 0;
  return {
    signal: new AbortController().signal,
    stop: async () => (++asked > n ? 'the test says so' : undefined),
    close() {},
  };
}

interface Scenario {
  readonly names: readonly string[];
  readonly leader: string;
  readonly changed: readonly string[];
  readonly restart: boolean;
  readonly mode: string;
}

function build({ names, leader, changed, restart, mode }: Scenario): {
  world: PatroniWorld;
  inputs: RolloutInputs;
  previous: RolloutInputs;
} {
  const connections = restart ? '200' : '100';
  const common = {
    cluster: 'hippo',
    namespace: 'ns',
    synchronous: { mode, number: 1 },
    config: 'x',
    databases: 'y',
    deletionPolicy: 'retain',
  };
  const inputs: RolloutInputs = {
    ...common,
    members: names.map((name) => ({
      name,
      fingerprint: { image: changed.includes(name) ? 'b' : 'a' },
      restartParameters: {},
    })),
    restartParameters: { max_connections: connections },
  };
  const previous: RolloutInputs = {
    ...common,
    members: names.map((name) => ({ name, fingerprint: { image: 'a' }, restartParameters: {} })),
    restartParameters: { max_connections: '100' },
  };
  const running = Object.fromEntries(
    names.map((name) => [name, { fingerprint: { image: 'a' }, running: { max_connections: '100' } }]),
  );
  return { world: new PatroniWorld(inputs, running, leader), inputs, previous };
}

async function run(
  world: PatroniWorld,
  inputs: RolloutInputs,
  previous: RolloutInputs,
  guard: Watchman,
): Promise<void> {
  const shown = lines(plan(await observe(world, inputs), inputs, previous));
  await perform({
    action: rollout,
    live: world,
    inputs,
    previous,
    approved: { trigger: 't', digest: 'd', plan: shown },
    expected: undefined,
    progress: silent,
    guard,
  });
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

async function isStopped(attempt: Promise<void>): Promise<boolean> {
  try {
    await attempt;
    return false;
  } catch (error) {
    if (error instanceof Stopped) return true;
    throw error;
  }
}

async function interruptEverywhere(scenario: Scenario): Promise<void> {
  const steps = plan(
    await observe(build(scenario).world, build(scenario).inputs),
    build(scenario).inputs,
    build(scenario).previous,
  ).length;
  for (let prefix = 0; prefix <= steps; prefix++) {
    const { world, inputs, previous } = build(scenario);
    const text = `${JSON.stringify(scenario)} interrupted after ${prefix} steps`;
    // A plan may need less than it says: a switchover restarts PostgreSQL of the old primary on the way.
    const stopped = prefix < steps && (await isStopped(run(world, inputs, previous, stopAt(prefix))));
    await run(world, inputs, previous, stopAt(Infinity));
    const several = scenario.names.length > 1;
    assert.ok(world.greatestDown <= 1, `${text}: ${world.greatestDown} members were down at once`);
    assert.ok(world.switchovers.length <= 1, `${text}: ${world.switchovers.join(', ')}`);
    if (several) assert.equal(world.leaderLost, 0, `${text}: the primary went down without a switchover`);
    assert.equal(
      new Set(world.downs).size,
      world.downs.length,
      `${text}: somebody went down twice: ${world.downs.join(', ')}`,
    );
    for (const wanted of inputs.members) {
      const member = world.pods.get(wanted.name)!;
      assert.deepEqual(member.fingerprint, wanted.fingerprint, text);
      assert.equal(member.running['max_connections'], inputs.restartParameters['max_connections'], text);
      assert.equal(member.down, 0, text);
    }
    assert.equal(
      world.peek('Lease', 'hippo-lock')?.spec?.holderIdentity,
      '',
      `${text}: the lock is still held`,
    );
    const entries = parseEntries(world.peek('ConfigMap', 'hippo-journal'));
    assert.deepEqual(
      entries.map(({ state }) => state),
      [...(prefix < steps ? [stopped ? 'stopped' : 'done'] : []), 'done'],
      text,
    );
  }
}

describe('a rollout that restarts PostgreSQL', () => {
  it('is done only when each member has published what it runs with: the next plan is made of that', async () => {
    const names = ['hippo-1', 'hippo-2', 'hippo-3'];
    const { world, inputs, previous } = build({
      names,
      leader: 'hippo-1',
      changed: [],
      restart: true,
      mode: 'async',
    });
    await run(world, inputs, previous, stopAt(Infinity));
    assert.deepEqual(
      names.filter((name) => world.pods.get(name)!.unasked),
      [],
    );
  });
});

describe('a rollout that is interrupted', () => {
  const three = ['hippo-1', 'hippo-2', 'hippo-3'];
  const scenarios: [string, Scenario][] = [
    ['with a new image', { names: three, leader: 'hippo-1', changed: three, restart: false, mode: 'async' }],
    [
      'led by another member',
      { names: three, leader: 'hippo-3', changed: three, restart: false, mode: 'sync' },
    ],
    ['with a parameter', { names: three, leader: 'hippo-2', changed: [], restart: true, mode: 'strict' }],
    ['with both', { names: three, leader: 'hippo-1', changed: ['hippo-2'], restart: true, mode: 'quorum' }],
    [
      'of a single member',
      { names: ['hippo-1'], leader: 'hippo-1', changed: ['hippo-1'], restart: false, mode: 'async' },
    ],
  ];
  for (const [sentence, scenario] of scenarios)
    it(`goes on: ${sentence}`, async () => interruptEverywhere(scenario));

  it('goes on in 30 random worlds', async function () {
    this.timeout(30_000);
    const next = random(20261124);
    for (let round = 0; round < 30; round++) {
      const names = Array.from({ length: 1 + Math.floor(next() * 5) }, (_, index) => `hippo-${index + 1}`);
      await interruptEverywhere({
        names,
        leader: names[Math.floor(next() * names.length)]!,
        changed: names.filter(() => next() < 0.6),
        restart: next() < 0.5,
        mode: ['async', 'sync', 'strict', 'quorum'][Math.floor(next() * 4)]!,
      });
    }
  });

  it('refuses, with both plans, when another member leads than was shown', async () => {
    const { world, inputs, previous } = build({
      names: three,
      leader: 'hippo-1',
      changed: three,
      restart: false,
      mode: 'async',
    });
    const shown = lines(plan(await observe(world, inputs), inputs, previous));
    world.leader = 'hippo-2';
    world.show();
    const attempt = perform({
      action: rollout,
      live: world,
      inputs,
      previous,
      approved: { trigger: 't', digest: 'd', plan: shown },
      expected: undefined,
      progress: silent,
      guard: stopAt(Infinity),
    });
    await assert.rejects(
      attempt,
      /Approved:\n {2}- replace the pod of hippo-2[^]*Now:\n {2}- replace the pod of hippo-1/,
    );
    assert.deepEqual(world.downs, []);
  });

  it('observes with get, list and watch alone', async () => {
    const { world, inputs } = build({
      names: three,
      leader: 'hippo-1',
      changed: three,
      restart: false,
      mode: 'async',
    });
    await observe(world, inputs);
    assert.equal(world.changes, 0);
    assert.deepEqual([...world.used].sort(), ['list Endpoints', 'list Pod', 'list StatefulSet']);
  });
});
