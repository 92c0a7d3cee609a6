/** Actions on one cluster: what the preview says is what happens, once. What the engine does to it: actions-engine.late.test.ts. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { readJournal, type Entry } from '../../provider/actions/core/journal';
import { run } from '../../provider/cmd/pgha/program';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { readOnlyKubeconfig } from '../support/read-only';
import { smallCluster } from '../support/small-cluster';
import { TestStack } from '../support/stack';
import { planIn } from '../support/plan-in';
import { underLoad } from '../support/under-load';
import { settledVersions, versions } from '../support/versions';

const namespace = 'e2e-actions';
const members = 3;

const clusters = {
  hippo: {
    replicas: members - 1,
    synchronous: 'quorum',
    ...smallCluster,
  },
};

interface Given {
  readonly type: string;
  readonly name: string;
  readonly args: object;
}
const action = (type: string, args: object): Given => ({ type, name: type.toLowerCase(), args });

describe('an action', () => {
  let stack: TestStack;
  let kubectl: Kubectl;
  let hippo: DeployedCluster;

  const config = (...actions: Given[]) => ({
    namespace,
    clusters: JSON.stringify(clusters),
    actions: JSON.stringify(actions),
  });

  before(async function () {
    this.timeout(600_000);
    kubectl = new Kubectl((await up()).kubectl, process.env.KUBECONFIG!);
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!, {
      program: join(__dirname, '../support/actions-program'),
    });
    // Together with the cluster: the plan is not known yet, and `up` makes and performs it.
    const first = action('Maintenance', { trigger: 'first' });
    const { stdout } = await stack.previewWith(config(first));
    assert.match(stdout, /Maintenance of hippo: planned once the cluster exists/);
    await stack.upWith(config(first));
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    await hippo.whole(members);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(300_000);
    hippo?.close();
    await stack?.destroy();
  });

  const journal = (): Promise<Entry[]> => readJournal(hippo.live, namespace, 'hippo');
  const last = async (): Promise<Entry> => (await journal()).at(-1)!;

  const timeline = async () =>
    await hippo.sql(`${await hippo.primary()}-0`, 'select timeline_id from pg_control_checkpoint()');
  const starts = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      await Promise.all(
        ['hippo-1', 'hippo-2', 'hippo-3'].map(async (name) => [
          name,
          await hippo.sql(`${name}-0`, 'select pg_postmaster_start_time()', 30_000),
        ]),
      ),
    ) as Record<string, string>;

  /** Previews, changes nothing by it, performs exactly that, and then nothing more. */
  const performed = async (given: Given): Promise<string[]> => {
    const line = await timeline();
    const before = await settledVersions(kubectl, namespace);
    const shown = planIn(given.type, (await stack.previewWith(config(given))).stdout);
    assert.equal(await versions(kubectl, namespace), before);
    assert.equal(await timeline(), line);
    const { stdout } = await stack.upWith(config(given));
    assert.deepEqual(planIn(given.type, stdout), shown, 'what was done is not what was previewed');
    const entry = await last();
    assert.equal(entry.state, 'done');
    assert.deepEqual(
      entry.plan,
      shown.slice(1).map((text) => text.replace(/^\d+\. /, '')),
    );
    return entry.plan as string[];
  };

  const pgha = async (...given: string[]): Promise<{ code: number; out: string; err: string }> => {
    let [out, err] = ['', ''];
    const all = [...given, '--kubeconfig', hippo.kubeconfig, '-n', namespace];
    const code = await run(all, { write: (text) => (out += text), colour: false }, (text) => (err += text));
    return { code, out, err };
  };

  it('in the same program as its cluster was performed after it', async function () {
    this.timeout(120_000);
    assert.equal((await last()).kind, 'Maintenance');
    assert.equal((await last()).state, 'done');
    await performed(action('Maintenance', { trigger: 'end', paused: false }));
  });

  it('Restart: replicas first, then hands over; each restarts once, no row is lost', async function () {
    this.timeout(400_000);
    const before = await starts();
    const primary = await hippo.primary();
    let plan: string[] = [];
    await underLoad(hippo, members, async () => {
      plan = await performed(action('Restart', { trigger: 'a' }));
    });
    assert.match(plan.at(-2)!, new RegExp(`^switchover from ${primary}`));
    const after = await starts();
    for (const name of Object.keys(before)) assert.notEqual(after[name], before[name], name);
    const again = await stack.upWith(config(action('Restart', { trigger: 'a' })));
    assert.equal(again.summary.resourceChanges?.['update'], undefined);
    assert.deepEqual(await starts(), after);
  });

  it('is previewed with get, list and watch alone', async function () {
    this.timeout(120_000);
    const restricted = await stack.as(await readOnlyKubeconfig(kubectl, namespace));
    const given = config(action('Restart', { trigger: 'b' }));
    const all = planIn('Restart', (await stack.previewWith(given)).stdout);
    assert.deepEqual(planIn('Restart', (await restricted.previewWith(given)).stdout), all);
  });

  it('Switchover: to the member that is named, and not to one that is not there', async function () {
    this.timeout(200_000);
    const to = await hippo.replica();
    await performed(action('Switchover', { trigger: '1', to }));
    assert.equal(await hippo.whole(members), to);
    await assert.rejects(
      stack.previewWith(config(action('Switchover', { trigger: '2', to: 'hippo-9' }))),
      /there is no member hippo-9. Members: hippo-1, hippo-2, hippo-3/,
    );
  });

  it('Fence: PostgreSQL stays stopped, also in a new pod, and streams again when unfenced', async function () {
    this.timeout(400_000);
    const name = await hippo.replica();
    const stopped = async () =>
      assert.rejects(hippo.sql(`${name}-0`, 'select 1', 30_000), /No such file|not accept|refused/);
    await performed(action('Fence', { trigger: 'stop', members: [name] }));
    await stopped();
    const uid = (await hippo.pod(name)).metadata.uid;
    await kubectl.run(['delete', 'pod', `${name}-0`, '-n', namespace]);
    for (;;) {
      const pod = await hippo.live.get('Pod', namespace, `${name}-0`);
      const status = pod?.metadata.annotations?.['postgres-ha.dev/status'] ?? '';
      if (pod && pod.metadata.uid !== uid && status.includes('"fenced":true')) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await stopped();
    await assert.rejects(
      stack.previewWith(config(action('Switchover', { trigger: '3', to: name }))),
      new RegExp(`${name} is fenced`),
    );
    await performed(action('Fence', { trigger: 'start', members: [name], fenced: false }));
    await hippo.whole(members);
  });

  it('Reinitialize: a replica is made anew, the primary is refused', async function () {
    this.timeout(400_000);
    const member = await hippo.replica();
    const primary = await hippo.primary();
    await assert.rejects(
      stack.previewWith(config(action('Reinitialize', { trigger: '1', member: primary }))),
      new RegExp(`${primary} is the primary`),
    );
    await performed(action('Reinitialize', { trigger: '1', member }));
    await hippo.whole(members);
  });

  it('by pgha: shows its plan, does nothing without leave, performs it, and records it', async function () {
    this.timeout(400_000);
    // Also for somebody who runs the tests at a terminal.
    Object.defineProperty(process.stdin, 'isTTY', { value: false, configurable: true });
    const refused = await pgha('restart', 'hippo', '--target', 'hippo-1');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /Give --yes to perform this plan/);
    const queried = await pgha('switchover', 'hippo', '--query');
    assert.equal(queried.code, 0);
    assert.match(queried.out, /Switchover of hippo, plan [0-9a-f]+:\n {2}1\. switchover from hippo-\d/);
    const leader = await hippo.primary();
    for (const [command, ...more] of [
      ['pause', 'hippo'],
      ['resume', 'hippo'],
      ['switchover', 'hippo'],
    ]) {
      const { code, err } = await pgha(command!, ...more, '--yes');
      assert.equal(code, 0, err);
    }
    assert.notEqual(await hippo.whole(members), leader);
    const bad = await pgha('reinit', 'hippo', 'hippo-9', '--yes');
    assert.equal(bad.code, 1);
    assert.match(bad.err, /refused; nothing was done to hippo.\nmember: there is no member hippo-9/);
    const events = (await pgha('show', 'events', 'hippo')).out;
    assert.match(events, /Switchover +done +\S+ \(pgha, \d+\)/);
  });
});
