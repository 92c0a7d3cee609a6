/** A cluster that is restored in place: its plan, what is refused, and every change that it makes as an interruption. */
import assert from 'node:assert/strict';
import type { Action } from '../../../provider/actions/core/action';
import { dynamicProvider } from '../../../provider/actions/core/provider';
import { readRecord } from '../../../provider/actions/restore/record';
import { restore } from '../../../provider/actions/restore/provider';
import type { RestoreInputs } from '../../../provider/actions/restore/inputs';
import { readIntent } from '../../../provider/config/restore-intent';
import type { Job } from '../../../provider/live/kinds';
import { RestoreWorld } from './support/restore-world';

const members = ['hippo-1', 'hippo-2', 'hippo-3'];
const common = { cluster: 'hippo', namespace: 'ns', trigger: 'monday' };
const toTime = { target: { time: '2026-11-24 08:30:00Z' } };

const action = restore as Action<RestoreInputs, never>;

type Outcome = { readonly plan?: readonly string[]; readonly digest?: string; readonly refused: string };

async function check(
  world: RestoreWorld,
  inputs: object,
): Promise<Outcome & { checked: Record<string, unknown> }> {
  const provider = dynamicProvider(action, async () => world);
  const { inputs: checked, failures } = await provider.check({}, { ...common, ...inputs });
  const plan = (checked['plan'] as Record<string, string[]> | undefined) ?? {};
  return {
    plan: Object.values(plan)[0],
    digest: checked['planDigest'] as string,
    refused: failures.map(({ property, reason }) => `${property}: ${reason}`).join('\n'),
    checked,
  };
}

async function run(world: RestoreWorld, inputs: object): Promise<void> {
  const { checked, refused } = await check(world, { approvedPlan: 'any', ...inputs });
  assert.equal(refused, '');
  await dynamicProvider(action, async () => world).create(checked);
}

const record = (world: RestoreWorld) => readRecord(world.peek('ConfigMap', 'hippo-journal'));
const intent = (world: RestoreWorld) => readIntent(world.peek('ConfigMap', 'hippo-config')?.data);
const suspended = (world: RestoreWorld) =>
  world
    .all('CronJob')
    .filter(({ spec }) => spec?.suspend === true)
    .map(({ metadata }) => metadata.name);

/** How it must be in the end, however it came there. */
function whole(world: RestoreWorld): void {
  assert.equal(world.leader, 'hippo-2');
  assert.deepEqual([...world.pods.keys()].sort(), members);
  assert.deepEqual(suspended(world), ['hippo-backup-repo1']);
  assert.equal(intent(world), undefined);
  assert.deepEqual(world.errors, []);
  const jobs = world.all('Job');
  assert.equal(jobs.length, 1);
  assert.match(JSON.stringify((jobs[0] as Job).spec), /"backup","full","--no-expire-auto"/);
}

const order = ['-hippo-1', '-hippo-3', '-hippo-2', '+hippo-2', '+hippo-1', '+hippo-3'];

describe('a cluster that is restored in place', () => {
  it('shows what is lost, who stops, what is copied and the way back, and waits for approval', async () => {
    const world = new RestoreWorld(members, 'hippo-2');
    const before = world.changes;
    const { plan, digest, refused } = await check(world, { ...toTime, keepOldDataFor: '36h' });
    assert.deepEqual(plan, [
      'lose everything committed after time 2026-11-24 08:30:00+00',
      'suspend scheduled jobs (hippo-full-repo1)',
      'end the WAL of hippo-2 (so that everything up to now is in the repositories)',
      'stop hippo-1',
      'stop hippo-3',
      'stop hippo-2 (the primary, last: writes end here)',
      'restore hippo-2 from backup 20261124-080000F of repository 1, up to time 2026-11-24 08:30:00+00 (100 MiB to copy, about 1 min at 50 MiB/s, then WAL; the data of now are kept there, so that it can be undone): possible: from 2026-11-24 08:00:00+00 (end of backup 20261124-080000F) to the end of the archive, which was WAL 000000010000000000000004 when the last backup ended',
      'make hippo-1 anew (from backup 20261124-080000F, copying what differs)',
      'make hippo-3 anew (from backup 20261124-080000F, copying what differs)',
      'wait until hippo-2, hippo-1, hippo-3 are up',
      'full backup to repository 1 (no backup is removed for it)',
      'resume scheduled jobs (hippo-full-repo1)',
      'keep the data of before on hippo-2 for 36h (until then, undo: true with another trigger brings them back)',
    ]);
    assert.match(refused, new RegExp(`approvedPlan: This plan needs approval.*approvedPlan to "${digest}"`));
    assert.equal(world.changes, before);
    assert.ok(![...world.used].some((one) => /Secret|exec|create|patch/.test(one)), 'read rights alone');
  });

  it('is restored in that order, with what is needed for the way back', async () => {
    const world = new RestoreWorld(members, 'hippo-2');
    await run(world, toTime);
    whole(world);
    assert.deepEqual(world.order, order);
    const { led, ended, leader, timeline, patroni } = record(world)!;
    assert.ok(led && ended && leader === 'hippo-2' && timeline === 1);
    assert.equal(patroni?.['hippo-config']?.['initialize'], '7000');
    assert.deepEqual(
      world.intents.map(({ stage, backup, target, timeline: along }) => [stage, backup, target, along]),
      [
        ['leader', '20261124-080000F', '2026-11-24 08:30:00+00', 1],
        ['members', '20261124-080000F', '2026-11-24 08:30:00+00', 1],
      ],
    );
  });

  it('goes on wherever it was interrupted, and does nothing twice', async () => {
    for (let changes = 0; ; changes++) {
      assert.ok(changes < 80, 'it never ends');
      const world = new RestoreWorld(members, 'hippo-2');
      world.left = changes;
      const killed = await run(world, toTime).then(
        () => false,
        (error: unknown) => /killed/.test(String(error)) || Promise.reject(error as Error),
      );
      world.left = Infinity;
      if (!killed) break;
      await run(world, toTime);
      whole(world);
      assert.deepEqual(world.order, order, `after ${changes} changes`);
    }
  });

  it('says why the restored member failed; the same again is another attempt, another target begins anew', async () => {
    const world = new RestoreWorld(members, 'hippo-2');
    world.fails = 'PostgreSQL did not recover up to the target';
    await assert.rejects(run(world, toTime), /did not recover up to the target\.\n.*undo: true/s);
    world.fails = undefined;
    await run(world, toTime);
    assert.equal(world.intents.findLast(({ stage }) => stage === 'leader')?.attempt, 2);
    whole(world);

    const other = new RestoreWorld(members, 'hippo-2');
    other.fails = 'PostgreSQL did not recover up to the target';
    await assert.rejects(run(other, toTime));
    other.fails = undefined;
    await run(other, { target: {}, trigger: 'tuesday' });
    whole(other);
    assert.equal(record(other)?.trigger, 'tuesday');
    assert.equal(other.intents.at(-1)?.timeline, 1, 'along the timeline of the data of before');
  });

  it('is undone, and the undo can be undone', async () => {
    const world = new RestoreWorld(members, 'hippo-2');
    await run(world, toTime);
    const { id } = record(world)!;
    const { plan } = await check(world, { undo: true, trigger: 'back' });
    assert.deepEqual(
      plan?.filter((line) => /lose|bring|keep|anew/.test(line)),
      [
        'lose everything committed since restore "monday"',
        'bring back on hippo-2 the data of before restore "monday" (the data of now are kept there for 1d)',
        'make hippo-1 anew (from backup 20261124-090000F, copying what differs)',
        'make hippo-3 anew (from backup 20261124-090000F, copying what differs)',
        'keep the data of before on hippo-2 for 1d (until then, undo: true with another trigger brings them back)',
      ],
    );
    await run(world, { undo: true, trigger: 'back' });
    assert.equal(world.intents.at(-1)?.undo, id);
    assert.equal(world.intents.at(-1)?.undoDone, true);
    assert.equal(record(world)?.undoes, id);
    await run(world, { undo: true, trigger: 'forth' });
    assert.deepEqual(world.errors, []);
  });

  it('is undone when it did not end, and the one before it is the last one again', async () => {
    const world = new RestoreWorld(members, 'hippo-2');
    await run(world, toTime);
    const { id } = record(world)!;
    world.fails = 'PostgreSQL did not recover up to the target';
    await assert.rejects(run(world, { ...toTime, trigger: 'tuesday' }));
    world.fails = undefined;
    const { plan } = await check(world, { undo: true, trigger: 'back' });
    assert.equal(plan?.[0], 'lose nothing: restore "tuesday" has not ended');
    assert.equal(plan?.at(-1), 'forget restore "tuesday"');
    await run(world, { undo: true, trigger: 'back' });
    assert.equal(world.intents.at(-1)?.undoDone, false);
    assert.equal(record(world)?.id, id);
  });

  const refusals: [string, object, (world: RestoreWorld) => void, RegExp][] = [
    [
      'a time before the first backup',
      { target: { time: '2026-11-24 07:00:00Z' } },
      () => {},
      /^target: hippo can't be restored so: target 2026-11-24 07:00:00\+00 is before the end of the first backup that can be used; possible: from 2026-11-24 08:00:00\+00/,
    ],
    [
      'a time in the future',
      { target: { time: '2999-11-24 07:00:00Z' } },
      () => {},
      /is in the future .*possible: from/,
    ],
    [
      'a time without zone',
      { target: { time: '2026-11-24 07:00:00' } },
      () => {},
      /target\.time: found .* a time with a zone/,
    ],
    ['two targets', { target: { time: '2026-11-24 08:30:00Z', xid: '7' } }, () => {}, /one target at most/],
    [
      'a backup that is not there',
      { target: { backup: '20200101-000000F' } },
      () => {},
      /there is no backup 20200101-000000F; there are: 20261124-080000F/,
    ],
    ['a repository that is not there', { repository: 2 }, () => {}, /hippo has no repository 2\. It has 1\./],
    [
      'a length of time that is none',
      { keepOldDataFor: 'long' },
      () => {},
      /keepOldDataFor: is "long"; give a length of time/,
    ],
    ['an undo of nothing', { undo: true }, () => {}, /undo: there is no restore that could be undone/],
    [
      'an undo with a target',
      { undo: true, ...toTime },
      () => {},
      /give no target and no repository with it/,
    ],
    [
      'what is not published',
      {},
      (world) => world.drop('ConfigMap', 'hippo-backups'),
      /nothing is published of the backups in repository 1 of hippo\. Take one first/,
    ],
    [
      'a full volume',
      {},
      (world) => void (world.free = 300 * 2 ** 20),
      /the data volume of hippo-2 has 300 MiB free, and 356 MiB are needed beside the data of now\. Make it larger/,
    ],
    ['a paused cluster', {}, (world) => void (world.paused = true), /hippo is paused/],
    [
      'another timeline',
      {},
      (world) => void (world.timeline = 7),
      /no backup in repository 1 is of the timeline that the cluster is on \(7\)/,
    ],
  ];
  for (const [title, inputs, change, reason] of refusals)
    it(`is refused: ${title}`, async () => {
      const world = new RestoreWorld(members, 'hippo-2');
      change(world);
      world.show();
      const before = world.changes;
      const { refused } = await check(world, { ...inputs, approvedPlan: 'any' });
      assert.match(refused, reason);
      assert.equal(world.changes, before);
    });

  it('is refused an undo when its data are gone', async () => {
    const world = new RestoreWorld(members, 'hippo-2');
    await run(world, { ...toTime, keepOldDataFor: '0' });
    const { refused } = await check(world, { undo: true, trigger: 'back', approvedPlan: 'any' });
    assert.match(refused, /undo: the data of before restore "monday" were kept until .* UTC and are gone/);
  });
});
