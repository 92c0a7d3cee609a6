/** Actions that run once a trigger: the journal in the cluster decides, whatever Pulumi remembers. */
import assert from 'node:assert/strict';
import type { Action, ActionInputs, SoFar } from '../../../provider/actions/core/action';
import { ClusterAbsent } from '../../../provider/actions/core/absent';
import { parseEntries, record, runsOf, type Entry } from '../../../provider/actions/core/journal';
import { dynamicProvider, type DynamicProvider } from '../../../provider/actions/core/provider';
import { UNKNOWN } from '../../../provider/cluster/spec';
import { shells, type Served } from './support/shells';
import { World } from './support/world';

type Properties = Record<string, unknown>;

interface TestInputs extends ActionInputs {
  readonly trigger: string;
  readonly members?: readonly string[];
}

const inputs = (trigger: string, more: object = {}) => ({
  cluster: 'hippo',
  namespace: 'ns',
  trigger,
  ...more,
});

const once = (served: Served) => () => {
  let ran: string[];
  let seen: SoFar[];
  let fails: string | undefined;
  let exists: boolean;
  let needsApproval: boolean;
  let world: World;

  const action = (): Action<TestInputs, number> => ({
    kind: 'Test',
    secret: [],
    runs: 'once',
    replans: true,
    needsApproval,
    trigger: ({ trigger }) => trigger,
    refuse: () => [],
    observe: async () => {
      if (!exists) throw new ClusterAbsent('ns', 'hippo');
      return 0;
    },
    plan: (_observed, _inputs, _previous, soFar) => {
      seen.push(soFar);
      return ['a', 'b', 'c'].map((text) => ({ kind: text, text }));
    },
    execute: async ({ text }, context) => {
      await context.remember(text, `began ${text}`);
      if (fails === text) throw new Error('no');
      ran.push(text);
    },
  });
  const provider = (): DynamicProvider => served(dynamicProvider(action(), async () => world));
  const planOf = (properties: Properties) =>
    Object.values(properties['plan'] as Record<string, string[]>).flat();
  const entries = () => parseEntries(world.peek('ConfigMap', 'hippo-journal'));

  async function create(trigger: string, more: object = {}) {
    const { inputs: checked, failures } = await provider().check({}, inputs(trigger, more));
    assert.deepEqual(failures, []);
    return { checked, ...(await provider().create(checked)) };
  }

  beforeEach(() => {
    ran = [];
    seen = [];
    fails = undefined;
    exists = true;
    needsApproval = false;
    world = new World();
  });
  afterEach(() => {
    delete process.env.PULUMI_POSTGRES_HA_TEST_FAULT;
  });

  it('does not run again for the same trigger, even when Pulumi has forgotten it, and says when it ran', async () => {
    const { id, outs, checked } = await create('1');
    assert.deepEqual(ran, ['a', 'b', 'c']);
    // State lost, or the resource renamed.
    const again = await provider().check({}, inputs('1'));
    assert.match(planOf(again.inputs).join(), /^already done on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC by \S+@/);
    await provider().create(again.inputs);
    assert.deepEqual(ran, ['a', 'b', 'c']);
    const next = await provider().check(checked, inputs('2'));
    assert.deepEqual(next.inputs['plan'], { 2: ['a', 'b', 'c'] });
    assert.deepEqual(await provider().diff(id, outs, next.inputs), { changes: true });
    await provider().update(id, outs, next.inputs);
    assert.deepEqual(ran, ['a', 'b', 'c', 'a', 'b', 'c']);
    // A, B, and A again.
    const back = await provider().check(next.inputs, inputs('1'));
    assert.match(planOf(back.inputs).join(), /^already done/);
  });

  it('asks nothing while its trigger is the same, whatever else changes', async () => {
    const { id, outs, checked } = await create('1');
    world.used.clear();
    const next = await provider().check(checked, inputs('1', { members: ['hippo-2'], approvedPlan: 'x' }));
    assert.deepEqual(next.failures, []);
    assert.deepEqual(await provider().diff(id, outs, next.inputs), { changes: false });
    assert.deepEqual([...world.used], []);
  });

  for (const [number, place, done] of [
    [1, 'before', []],
    [1, 'after', ['a']],
    [2, 'after', ['a', 'b']],
    [3, 'after', ['a', 'b', 'c']],
  ] as const)
    it(`goes on after an interruption ${place} step ${number}, and its preview says so`, async () => {
      process.env.PULUMI_POSTGRES_HA_TEST_FAULT = `Test ${number} ${place} stop`;
      await assert.rejects(create('1'), /Test of hippo stopped (before|after) ".": a test says so/);
      delete process.env.PULUMI_POSTGRES_HA_TEST_FAULT;
      assert.deepEqual(ran, done);
      assert.equal(entries().at(-1)?.state, 'stopped');
      const left = ['a', 'b', 'c'].slice(done.length);
      const { inputs: checked } = await provider().check({}, inputs('1'));
      const said = done.length > 0 ? `done before: ${done.join('; ')}` : 'no step of it was done';
      assert.deepEqual(planOf(checked), [
        `goes on with an interrupted run; ${said}`,
        ...(left.length > 0 ? left : ['nothing to do']),
      ]);
      await provider().create(checked);
      assert.deepEqual(ran, ['a', 'b', 'c']);
      assert.equal(entries().length, 1, 'it is one run');
      assert.equal(entries()[0]?.state, 'done');
    });

  it('finds again what a step has noted before it failed', async () => {
    fails = 'b';
    await assert.rejects(create('1'), /^Error: Test of hippo failed at "b": no\n/);
    fails = undefined;
    seen = [];
    await create('1');
    assert.equal(seen[0]?.notes['b'], 'began b');
    assert.deepEqual(
      seen[0]?.done.map(({ text }) => text),
      ['a'],
    );
    assert.deepEqual(ran, ['a', 'b', 'c']);
  });

  it('needs its own approval for each trigger, which holds for what an interruption has left', async () => {
    needsApproval = true;
    const approve = async (trigger: string, approvedPlan?: string) =>
      await provider().check({}, inputs(trigger, { approvedPlan }));
    const refused = await approve('1');
    const digest = String(refused.inputs['planDigest']);
    assert.match(refused.failures[0]?.reason ?? '', new RegExp(`set approvedPlan to "${digest}"`));
    process.env.PULUMI_POSTGRES_HA_TEST_FAULT = 'Test 2 before stop';
    await assert.rejects(create('1', { approvedPlan: digest }), /a test says so/);
    delete process.env.PULUMI_POSTGRES_HA_TEST_FAULT;
    assert.deepEqual((await approve('1', digest)).failures, []);
    assert.equal((await approve('1', 'other')).failures.length, 1);
    assert.equal((await approve('2', digest)).failures.length, 1, 'of another trigger');
    await create('1', { approvedPlan: digest });
    assert.deepEqual((await approve('1')).failures, [], 'what is done needs none');
  });

  it('is planned later when the cluster does not exist yet, and is not performed unseen without approval', async () => {
    exists = false;
    const { inputs: checked, failures } = await provider().check({}, inputs('1'));
    assert.deepEqual(failures, []);
    assert.equal(checked['plan'], UNKNOWN);
    await assert.rejects(provider().create(inputs('1')), /There is no cluster hippo in namespace ns/);
    exists = true;
    needsApproval = true;
    await assert.rejects(provider().create(inputs('1')), /This plan needs approval/);
    assert.deepEqual(ran, []);
    needsApproval = false;
    await provider().create(inputs('1'));
    assert.deepEqual(ran, ['a', 'b', 'c']);
  });

  it('refuses a cluster that is not the one it was told of', async () => {
    const namespace = (uid: string) => world.put('Namespace', { metadata: { name: 'kube-system', uid } });
    namespace('one');
    const { id, outs, checked } = await create('1');
    world = new World();
    namespace('other');
    const next = await provider().check(checked, inputs('2'));
    await assert.rejects(provider().diff(id, outs, next.inputs), /made in another Kubernetes cluster/);
    await assert.rejects(provider().update(id, outs, next.inputs), /Nothing was done/);
    const named = await provider().check(checked, inputs('2', { cluster: 'rhino' }));
    assert.deepEqual(await provider().diff(id, outs, named.inputs), { changes: true });
  });

  it('runs once when two start it at the same time', async () => {
    const { inputs: checked } = await provider().check({}, inputs('1'));
    const second = provider();
    await Promise.all([provider().create(checked), later(world).then(() => second.create(checked))]);
    assert.deepEqual(ran, ['a', 'b', 'c']);
  });

  it('does nothing to the cluster when it is deleted', async () => {
    const { id, outs } = await create('1');
    world.used.clear();
    await provider().delete(id, outs);
    assert.deepEqual([...world.used], []);
  });

  it('tells what failed, what is done, and what to do; going back to the old trigger does nothing more', async () => {
    const { id, outs, checked } = await create('1');
    fails = 'b';
    const next = await provider().check(checked, inputs('2'));
    const failure = await provider()
      .update(id, outs, next.inputs)
      .then(
        () => undefined,
        (error: Error & { properties: Properties }) => error,
      );
    assert.match(
      failure!.message,
      /^Test of hippo failed at "b": no\nThe steps before it are done and stay; once this is solved, `pulumi up` goes on from here\.$/,
    );
    assert.equal(entries().at(-1)?.state, 'failed');
    const reverted = await provider().check(checked, inputs('1'));
    assert.deepEqual(await provider().diff(id, failure!.properties, reverted.inputs), { changes: true });
    ran = [];
    const { outs: after } = await provider().update(id, failure!.properties, reverted.inputs);
    assert.deepEqual(ran, []);
    assert.equal(after['unfinished'], undefined);
  });
};

for (const [shell, served] of shells) describe(`an action that runs once, ${shell}`, once(served));

/** Once the first holds the lock. */
async function later(world: World): Promise<void> {
  while (!world.peek('Lease', 'hippo-lock')) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('the record of triggers', () => {
  const entry = (id: number, more: Partial<Entry>): Entry => ({
    id: String(id),
    kind: 'Rollout',
    trigger: 't',
    digest: 'd',
    plan: [],
    done: [],
    state: 'done',
    by: 'me',
    started: '',
    ...more,
  });

  it('outlives its entry, and an unfinished run keeps its own', async () => {
    const world = new World();
    const write = (one: Entry) => record(world, 'ns', 'hippo', {}, one);
    const ended = '2026-11-24T10:00:00.000Z';
    await write(entry(1, { kind: 'Restore', trigger: 'a', once: true, ended }));
    await write(entry(2, { kind: 'Restore', trigger: 'b', once: true, state: 'failed' }));
    for (let id = 3; id < 250; id++) await write(entry(id, {}));
    const journal = world.peek('ConfigMap', 'hippo-journal');
    assert.equal(parseEntries(journal).length, 200);
    assert.deepEqual(runsOf(journal, 'Restore', 'a'), { done: { ended, by: 'me' } });
    assert.equal(runsOf(journal, 'Restore', 'b').unfinished?.id, '2');
    assert.deepEqual(runsOf(journal, 'Restart', 'a'), {});
  });
});
