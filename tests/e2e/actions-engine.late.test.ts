/** What Pulumi's engine, and whoever runs it, may do to an action: saved plans, kills, copies. It runs once, and as it was shown. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { up } from '../../local/kubernetes/cluster';
import { readJournal, type Entry } from '../../provider/actions/core/journal';
import { run as pgha } from '../../provider/cmd/pgha/program';
import { DeployedCluster } from '../support/cluster';
import { killedAfterAStep } from '../support/killed-up';
import { keepLogs } from '../support/logs';
import { planIn } from '../support/plan-in';
import { smallCluster } from '../support/small-cluster';
import { TestStack } from '../support/stack';

const namespace = 'e2e-actions-engine';
const members = 2;

const clusters = {
  hippo: {
    synchronous: 'quorum',
    ...smallCluster,
  },
};

interface Given {
  readonly type: string;
  readonly name: string;
  readonly child?: boolean;
  readonly args: object;
}
const action = (type: string, trigger: string, args: object = {}): Given => ({
  type,
  name: type.toLowerCase(),
  args: { trigger, ...args },
});
const config = (...actions: Given[]) => ({
  namespace,
  clusters: JSON.stringify(clusters),
  actions: JSON.stringify(actions),
});

describe('the engine, and an action', () => {
  let stack: TestStack;
  let hippo: DeployedCluster;

  before(async function () {
    this.timeout(600_000);
    await up();
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!, {
      program: join(__dirname, '../support/actions-program'),
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && hippo) await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(300_000);
    hippo?.close();
    await stack?.destroy();
  });

  const journal = (): Promise<Entry[]> => readJournal(hippo.live, namespace, 'hippo');
  const runs = async (kind: string) => (await journal()).filter((entry) => entry.kind === kind);
  const starts = async (): Promise<string[]> =>
    Promise.all(
      ['hippo-1', 'hippo-2'].map((name) =>
        hippo.sql(`${name}-0`, 'select pg_postmaster_start_time()', 30_000),
      ),
    );
  const savedPlan = () => join(stack.folder, 'plan.json');

  it('takes a plan that was saved before the cluster existed', async function () {
    this.timeout(400_000);
    const first = config(action('Maintenance', 'first'));
    const { stdout } = await stack.previewWith(first, { plan: savedPlan() });
    assert.match(stdout, /Maintenance of hippo: planned once the cluster exists/);
    await stack.upWith(first, { plan: savedPlan() });
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    await hippo.whole(members);
    assert.deepEqual(
      (await runs('Maintenance')).map(({ state, plan }) => [state, plan]),
      [
        [
          'done',
          [
            'pause automatic failover (Patroni promotes, restarts and stops nothing by itself until it is resumed)',
          ],
        ],
      ],
    );
    const end = config(action('Maintenance', 'end', { paused: false }));
    await stack.previewWith(end, { plan: savedPlan() });
    await stack.upWith(end, { plan: savedPlan() });
    assert.equal((await runs('Maintenance')).length, 2);
  });

  it('refuses a saved plan that is no longer the plan, and restarts nobody', async function () {
    this.timeout(300_000);
    const restart = config(action('Restart', 'saved'));
    const shown = planIn('Restart', (await stack.previewWith(restart, { plan: savedPlan() })).stdout);
    const somebody = ['switchover', 'hippo', '-n', namespace, '--kubeconfig', hippo.kubeconfig, '--yes'];
    assert.equal(await pgha(somebody, { write: () => undefined, colour: false }, console.error), 0);
    await hippo.whole(members);
    const before = await starts();
    await assert.rejects(stack.upWith(restart, { plan: savedPlan() }), /violates plan/);
    assert.deepEqual(await starts(), before);
    assert.equal((await runs('Restart')).length, 0);
    const now = planIn('Restart', (await stack.previewWith(restart, { plan: savedPlan() })).stdout);
    assert.notDeepEqual(now, shown);
    await stack.upWith(restart, { plan: savedPlan() });
    const [entry] = await runs('Restart');
    assert.deepEqual(
      [entry!.state, entry!.plan],
      ['done', now.slice(1).map((text) => text.replace(/^\d+\. /, ''))],
    );
  });

  it('asks again, renames it, gives it another parent and looks again: nothing runs', async function () {
    this.timeout(300_000);
    const before = await starts();
    const count = (await journal()).length;
    const restart = action('Restart', 'saved');
    for (const moved of [
      { ...restart, name: 'another-name' },
      { ...restart, name: 'another-name', child: true },
    ]) {
      const { stdout } = await stack.upWith(config(moved));
      assert.match(planIn('Restart', stdout)[1]!, /^already done on .* by /);
    }
    const again = config({ ...restart, name: 'another-name', child: true });
    const { summary } = await stack.upWith(again, { refresh: true });
    assert.deepEqual(Object.keys(summary.resourceChanges ?? {}), ['same']);
    await stack.upWith(config());
    assert.equal((await journal()).length, count);
    assert.deepEqual(await starts(), before);
  });

  it('of a copy of the stack runs at the same time: it is performed once', async function () {
    this.timeout(300_000);
    const given = config(action('Switchover', 'two at once'));
    const copy = await stack.copied();
    const before = (await runs('Switchover')).length;
    const from = await hippo.primary();
    const both = [stack, copy];
    const settled = await Promise.allSettled(both.map((one) => one.upWith(given)));
    assert.ok(settled.some(({ status }) => status === 'fulfilled'));
    // Whoever has looked in the middle of it, when nobody led, was refused, and says so.
    for (const [index, result] of settled.entries())
      if (result.status === 'rejected') {
        console.log(
          `      one was refused: ${/.*(primary|lead|works on).*/.exec(String(result.reason))?.[0]}`,
        );
        await both[index]!.upWith(given);
      }
    assert.equal((await runs('Switchover')).length, before + 1);
    assert.notEqual(await hippo.whole(members), from);
    // What a copy says of a cluster is not of another one with the same name.
    const { uid } = (await hippo.live.get('Namespace', namespace, 'kube-system'))!.metadata;
    await copy.rewrite((text) => text.replaceAll(uid!, '00000000-0000-4000-8000-000000000000'));
    await assert.rejects(
      copy.previewWith(config(action('Switchover', 'elsewhere'))),
      /was made in another Kubernetes cluster/,
    );
    assert.equal((await runs('Switchover')).length, before + 1);
  });

  const killed = (given: Given, signal: 'SIGKILL' | 'SIGINT'): Promise<void> => {
    const { trigger } = given.args as { trigger: string };
    const done = async () =>
      (await runs(given.type)).find((entry) => entry.trigger === trigger)?.done.length ?? 0;
    const meanwhile = () =>
      assert.rejects(stack.upWith(config(given)), /is currently locked|conflict/i, 'a second one at once');
    return killedAfterAStep(stack, { kind: given.type, done, signal, meanwhile });
  };

  it('is killed after every step, or ended by two Ctrl-C: the next one does the rest, and nothing twice', async function () {
    this.timeout(400_000);
    const given = action('Restart', 'killed');
    const before = await starts();
    const plan = planIn('Restart', (await stack.previewWith(config(given))).stdout).slice(1);
    assert.equal(plan.length, 3, plan.join('\n'));
    const leads = await hippo.primary();
    await killed(given, 'SIGKILL');
    const replica = (await starts()).map((time, index) => time !== before[index]);
    assert.deepEqual(
      replica,
      ['hippo-1', 'hippo-2'].map((name) => name !== leads),
    );
    const meanwhile = await starts();
    await killed(given, 'SIGINT');
    const next = planIn('Restart', (await stack.previewWith(config(given))).stdout).slice(1);
    assert.match(
      next[0]!,
      /^1\. goes on with an interrupted run; done before: restart PostgreSQL of hippo-\d; switchover /,
    );
    assert.match(next[1]!, /^2\. wait until /);
    // After the last one nothing is left but to record the end, which needs no engine.
    await killed(given, 'SIGKILL');
    const { stdout } = await stack.upWith(config(given));
    assert.match(planIn('Restart', stdout)[1]!, /^(already done|goes on)/);
    await hippo.whole(members);
    const after = await starts();
    assert.deepEqual(
      after.map((time, index) => time === meanwhile[index]),
      replica,
      'each has restarted once',
    );
    const { state, done } = (await journal()).at(-1)!;
    assert.deepEqual([state, done.length], ['done', 3]);
  });
});
