/** What only the plugin does: secrets, detailed diffs, cancelling, and taking over what the other form has left. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Action, ActionInputs } from '../../../provider/actions/core/action';
import { dynamicProvider } from '../../../provider/actions/core/provider';
import { actions, installed } from '../../../provider/cmd/pulumi-resource-postgres-ha/actions';
import { service } from '../../../provider/cmd/pulumi-resource-postgres-ha/service';
import { UNKNOWN } from '../../../provider/cluster/spec';
import { byPlugin } from '../actions/support/shells';
import { World } from '../actions/support/world';
import { pluginClient, type Reply } from './wire';

const urn = 'urn:pulumi:stack::project::postgres-ha:index:Test::test';
const secret = (value: unknown) => ({
  '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
  value,
});
const inputs = { cluster: 'hippo', namespace: 'ns', trigger: 'a', kubeconfig: secret('KUBECONFIG') };

describe('the plugin', () => {
  let world: World;
  let rows: (string | undefined)[];
  let waits: boolean;

  const test = (): Action<ActionInputs & { readonly trigger: string }, number> => ({
    kind: 'Test',
    secret: ['kubeconfig'],
    runs: 'once',
    replans: false,
    trigger: ({ trigger }) => trigger,
    refuse: () => [],
    observe: async (_live, { row }) => rows.push(row),
    plan: () => [{ kind: 'a', text: 'a' }],
    execute: async (_step, { signal }) => {
      if (waits)
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('aborted'))),
        );
    },
  });
  const provider = () => dynamicProvider(test(), async () => world);
  const client = () => pluginClient(actions(() => provider()));

  async function created(given: object = inputs): Promise<Reply> {
    const { inputs: checked } = await client()('check', { urn, olds: {}, news: given });
    return { checked, ...(await client()('create', { urn, properties: checked as Reply })) };
  }

  beforeEach(() => {
    world = new World();
    rows = [];
    waits = false;
  });

  it('hands secrets over as secrets, knows its row, and keeps it out of the state', async () => {
    const { checked, properties, id } = await created();
    assert.deepEqual((checked as Reply)['kubeconfig'], secret('KUBECONFIG'));
    assert.deepEqual(properties, {
      ...inputs,
      plan: { a: ['a'] },
      planDigest: (checked as Reply)['planDigest'],
      identity: {},
    });
    assert.equal(id, 'ns/hippo/Test');
    assert.deepEqual([...new Set(rows)], [urn]);
  });

  it('says which properties differ, and nothing of how the cluster is reached', async () => {
    const { checked, properties, id } = await created();
    const news = { ...inputs, trigger: 'b', kubeconfig: secret('OTHER'), context: 'other' };
    const next = await client()('check', { urn, olds: checked as Reply, news });
    const fields = { urn, id: String(id), olds: properties as Reply, oldInputs: checked as Reply };
    const diff = await client()('diff', { ...fields, news: next['inputs'] as Reply });
    const [add, remove, update] = [0, 2, 4];
    assert.deepEqual(diff['detailed'], {
      'plan.a': remove,
      'plan.b': add,
      planDigest: update,
      trigger: update,
    });
    assert.deepEqual(diff['diffs'], ['plan', 'planDigest', 'trigger']);
    const same = await client()('check', {
      urn,
      olds: checked as Reply,
      news: { ...inputs, context: 'other' },
    });
    const none = await client()('diff', { ...fields, news: same['inputs'] as Reply });
    assert.deepEqual([none['changes'], none['detailed']], [1, {}]);
  });

  it('leaves unknown what is not known yet', async () => {
    const reply = await client()('check', { urn, olds: {}, news: { ...inputs, cluster: UNKNOWN } });
    assert.equal((reply['inputs'] as Reply)['plan'], UNKNOWN);
    assert.deepEqual(reply['failures'], []);
  });

  it('can not read a run by its ID, and knows no other resources', async () => {
    await assert.rejects(
      client()('read', { urn, id: 'x', properties: {} }),
      /can't be imported or read by its ID/,
    );
    const none = pluginClient(actions(installed(['postgres-ha:index:Restart'])));
    await assert.rejects(
      none('check', { urn, olds: {}, news: inputs }),
      /no resource postgres-ha:index:Test/,
    );
  });

  it('ends a run at a safe place when the engine cancels it, and takes a cancel at the end for nothing', async () => {
    const { cancel } = service(
      actions(() => provider()),
      async () => ({}),
    );
    const cancelled = () => new Promise((resolve) => cancel!({ request: undefined as never }, resolve));
    await cancelled();
    waits = true;
    const running = assert.rejects(
      created(),
      /Test of hippo stopped while waiting in "a": it was interrupted/,
    );
    while (rows.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await cancelled();
    await running;
  });

  describe('takes over what a dynamic resource has left, and the other way round:', () => {
    const forms = { dynamic: provider, plugin: () => byPlugin(provider()) };
    const given = { cluster: 'hippo', namespace: 'ns', trigger: 'a' };
    for (const [from, to] of [
      ['dynamic', 'plugin'],
      ['plugin', 'dynamic'],
    ] as const)
      it(`${from} → ${to} runs nothing again, without asking the cluster`, async () => {
        const extra = from === 'dynamic' ? { __provider: 'code', row: 'urn' } : {};
        const { inputs: checked } = await forms[from]().check({}, { ...given, ...extra });
        const { id, outs } = await forms[from]().create(checked);
        world.used.clear();
        const { inputs: next, failures } = await forms[to]().check(checked, given);
        assert.deepEqual(failures, []);
        assert.deepEqual(next['plan'], checked['plan']);
        assert.deepEqual(await forms[to]().diff(id, outs, next), { changes: false });
        assert.deepEqual([...world.used], []);
      });
  });

  it('as a program prints its port', async function () {
    this.timeout(60_000);
    const main = join(__dirname, '../../../provider/cmd/pulumi-resource-postgres-ha/main.ts');
    const child = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', main, '127.0.0.1:1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed = await new Promise<string>((resolve) =>
      child.stdout.on('data', (data: Buffer) => resolve(data.toString())),
    );
    child.kill();
    assert.match(printed, /^\d+\n$/);
  });
});
