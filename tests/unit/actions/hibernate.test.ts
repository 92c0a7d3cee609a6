/** A cluster that is stopped and started as a whole: every prefix of the plan as an interruption, and nothing lost by the order. */
import assert from 'node:assert/strict';
import type { Action } from '../../../provider/actions/core/action';
import { dynamicProvider } from '../../../provider/actions/core/provider';
import { lines } from '../../../provider/actions/core/plan';
import { hibernate, observeHibernation } from '../../../provider/actions/hibernate/provider';
import type { HibernateInputs } from '../../../provider/actions/hibernate/plan';
import { rollout } from '../../../provider/actions/rollout/provider';
import { rolloutOf, SleepyWorld } from './support/sleepy-world';

const members = ['hippo-1', 'hippo-2', 'hippo-3'];
const rolloutInputs = rolloutOf(members);

const action = hibernate as Action<HibernateInputs, never>;
const inputs = (hibernated: boolean) => ({
  cluster: 'hippo',
  namespace: 'ns',
  trigger: hibernated ? 'night' : 'morning',
  hibernated,
});

async function run(world: SleepyWorld, hibernated: boolean): Promise<void> {
  const provider = dynamicProvider(action, async () => world);
  const { inputs: checked, failures } = await provider.check({}, inputs(hibernated));
  assert.deepEqual(failures, []);
  await provider.create(checked);
}

async function planOf(world: SleepyWorld, hibernated: boolean): Promise<readonly string[]> {
  const wanted = inputs(hibernated);
  const none = { done: [], notes: {} };
  return lines(hibernate.plan(await observeHibernation(world, wanted), wanted, undefined, none));
}

const suspendedNow = (world: SleepyWorld) =>
  world
    .all('CronJob')
    .filter(({ spec }) => spec?.suspend === true)
    .map(({ metadata }) => metadata.name);

describe('a cluster that is hibernated', () => {
  it('is stopped replicas first, and started with its last primary first', async () => {
    const world = new SleepyWorld(members, 'hippo-2');
    assert.deepEqual(await planOf(world, true), [
      'suspend scheduled jobs (hippo-full-repo1)',
      'stop hippo-1',
      'stop hippo-3',
      'stop hippo-2 (the primary, last, after a checkpoint; its last WAL goes to the repositories)',
      'stop the repository host hippo-repo',
    ]);
    await run(world, true);
    assert.deepEqual(suspendedNow(world), ['hippo-full-repo1', 'hippo-backup-repo1']);
    assert.deepEqual(await planOf(world, false), [
      'start the repository host hippo-repo',
      'start hippo-2 (the last primary, first: it has everything that was written)',
      'start hippo-1',
      'start hippo-3',
      'wait until hippo is ready (hippo-1, hippo-2, hippo-3)',
      'resume scheduled jobs (hippo-full-repo1)',
    ]);
    await run(world, false);
    assert.deepEqual(world.order, ['-hippo-1', '-hippo-3', '-hippo-2', '+hippo-2', '+hippo-1', '+hippo-3']);
    assert.deepEqual(suspendedNow(world), ['hippo-backup-repo1']);
    assert.equal(world.leader, 'hippo-2');
  });

  it('promises no WAL to repositories where there are none', async () => {
    const world = new SleepyWorld(members, 'hippo-2');
    for (const name of ['hippo-full-repo1', 'hippo-backup-repo1']) world.drop('CronJob', name);
    const plan = await planOf(world, true);
    assert.ok(plan.includes('stop hippo-2 (the primary, last, after a checkpoint)'), plan.join('\n'));
  });

  it('keeps no `pulumi up` waiting', async () => {
    const world = new SleepyWorld(members, 'hippo-1');
    await run(world, true);
    const steps = rollout.plan(
      await rollout.observe(world, rolloutInputs, undefined),
      rolloutInputs,
      undefined,
      {
        done: [],
        notes: {},
      },
    );
    assert.deepEqual(lines(steps), [
      'wait for nothing: hippo is hibernated, and takes all this up when it is started',
    ]);
  });

  for (const hibernated of [true, false])
    it(`is ${hibernated ? 'stopped' : 'started'} in the same order, wherever it was interrupted`, async () => {
      for (let changes = 0; changes < 5; changes++) {
        const world = new SleepyWorld(members, 'hippo-1');
        if (!hibernated) await run(world, true);
        world.left = changes;
        await assert.rejects(run(world, hibernated), /killed/, `after ${changes}`);
        world.left = Infinity;
        await run(world, hibernated);
        const off = ['-hippo-2', '-hippo-3', '-hippo-1'];
        assert.deepEqual(world.order, hibernated ? off : [...off, '+hippo-1', '+hippo-2', '+hippo-3']);
        assert.equal(world.pods.size, hibernated ? 0 : 3);
        assert.equal(suspendedNow(world).length, hibernated ? 2 : 1);
      }
    });

  for (const [title, change, reason] of [
    ['is paused', (world: SleepyWorld) => void (world.paused = true), /is paused: .*Resume it first/],
    ['has no primary', (world: SleepyWorld) => void (world.leader = undefined), /has no primary now/],
  ] as const)
    it(`is refused when it ${title}`, async () => {
      const world = new SleepyWorld(members, 'hippo-1');
      change(world);
      world.show();
      const { failures } = await dynamicProvider(action, async () => world).check({}, inputs(true));
      assert.match(failures[0]!.reason, reason);
    });
});
