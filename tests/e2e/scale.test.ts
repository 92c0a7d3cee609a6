/** Members that come and go, under `strict`: what the preview says of them before, and what happens to the writers. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { up } from '../../local/kubernetes/cluster';
import { until } from '../../local/until';
import type { Member } from '../../provider/actions/get-members/report';
import { run } from '../../provider/cmd/pgha/program';
import { getMembers } from '../../provider/index';
import { dcs } from '../../provider/live/patroni';
import { names, podName } from '../../provider/manifests/names';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { planIn } from '../support/plan-in';
import { smallCluster } from '../support/small-cluster';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { underLoad } from '../support/under-load';

const namespace = 'e2e-scale';
/** Only a restart changes it, and nobody restarts: it is pending for all but those who start later. */
const waiting = { restartPolicy: 'manual', config: { parameters: { max_files_per_process: '900' } } };

describe('the number of members', () => {
  let stack: TestStack;
  let hippo: DeployedCluster;
  let chosen: string;
  let leader: string;

  const clusters = (replicas: number, over: PlainClusterArgs = {}) => ({
    hippo: {
      replicas,
      synchronous: 'strict',
      ...smallCluster,
      ...over,
    },
  });

  before(async function () {
    this.timeout(600_000);
    await up();
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!);
    await stack.up(clusters(2));
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    leader = await hippo.whole(3);
    chosen = await hippo.syncStandby();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(600_000);
    hippo?.close();
    await stack?.destroy();
  });

  const pgha = async (...given: string[]): Promise<{ code: number; out: string; err: string }> => {
    let [out, err] = ['', ''];
    const all = [...given, '--kubeconfig', hippo.kubeconfig, '-n', namespace];
    const code = await run(all, { write: (text) => (out += text), colour: false }, (text) => (err += text));
    return { code, out, err };
  };
  const members = () => getMembers({ cluster: 'hippo', namespace, kubeconfig: hippo.kubeconfig });
  const member = async (name: string): Promise<Member> => (await members()).find((one) => one.name === name)!;
  const volume = (name: string) => hippo.live.get('PersistentVolumeClaim', namespace, names.dataVolume(name));
  const exists = async (name: string) =>
    (await hippo.live.get('Pod', namespace, podName(name))) !== undefined ||
    (await hippo.live.get('StatefulSet', namespace, name)) !== undefined;

  /** Performs what is previewed, while clients write: at most one interruption, and those that stay are never down. */
  const performed = async (wanted: Record<string, PlainClusterArgs>, before: number, after: number) => {
    const shown = planIn('Rollout', (await stack.preview(wanted)).stdout);
    let done: string[] = [];
    const { interruptions, mostDown } = await underLoad(
      hippo,
      before,
      async () => (done = planIn('Rollout', (await stack.up(wanted)).stdout)),
      { after },
    );
    assert.deepEqual(done, shown, 'what was done is not what was previewed');
    assert.ok(interruptions <= 1, `${interruptions} interruptions`);
    return { plan: shown.slice(1), interruptions, mostDown };
  };

  /** Follows a member until it is gone: it must not be stopped while commits still wait for it. */
  const letGo = async <T>(name: string, change: () => Promise<T>): Promise<T> => {
    let [following, tooEarly] = [true, false];
    const loop = (async () => {
      while (following) {
        const pod = await hippo.live.get('Pod', namespace, podName(name));
        const sync = await hippo.live.get('Endpoints', namespace, 'hippo-sync');
        const waitedFor = dcs(undefined, undefined, sync).synchronous.includes(name);
        if (pod?.metadata.deletionTimestamp && waitedFor) tooEarly = true;
        await pause(100);
      }
    })();
    try {
      const result = await change();
      await until(`${name} gone`, 120, async () => !(await exists(name)));
      return result;
    } finally {
      following = false;
      await loop;
      assert.equal(tooEarly, false, 'it was stopped while commits waited for it');
    }
  };

  it('grows: the new member is in the plan, nothing else restarts, and no write waits', async function () {
    this.timeout(400_000);
    const { plan, interruptions, mostDown } = await performed(clusters(3, waiting), 3, 4);
    assert.match(plan[0]!, /keep PostgreSQL of hippo-1 running, restart pending .* → 900$/);
    assert.match(plan.at(-1)!, /wait until hippo-1, hippo-2, hippo-3, hippo-4 are ready \(new: hippo-4\)$/);
    assert.deepEqual([interruptions, mostDown], [0, 0]);
  });

  it('and who may go are asked by getMembers and by pgha', async function () {
    this.timeout(120_000);
    await until('what waits published', 60, async () =>
      (await member(chosen)).pendingRestart.includes('max_files_per_process'),
    );
    const found = await members();
    assert.deepEqual(
      found.map(({ name, status, removable, pendingRestart }) => [name, status, removable, pendingRestart]),
      [1, 2, 3, 4].map((number) => {
        const name = `hippo-${number}`;
        const pending = number < 4 ? ['max_files_per_process'] : [];
        return [name, name === leader ? 'running' : 'streaming', true, pending];
      }),
    );
    for (const { name, node, lagBytes, role } of found) {
      assert.match(node ?? '', /^\S+$/, name);
      assert.equal(lagBytes === undefined, role === 'primary', name);
    }
    // Any of the replicas may be the one that a commit waits for.
    assert.equal(found.filter(({ role }) => role === 'sync standby').length, 3);
    const json = await pgha('scaledown', 'hippo', '--query', '-o', 'json');
    assert.deepEqual(
      (JSON.parse(json.out) as Member[]).map(({ name, role }) => [name, role]),
      found.map(({ name, role }) => [name, role]),
    );
    const { code, out } = await pgha('scaledown', 'hippo', '--query');
    assert.equal(code, 0);
    console.log(out.replace(/^/gm, '      '));
    assert.match(out, /^INSTANCE +ROLE +STATUS +NODE +REPLICATION LAG +PENDING RESTART +MAY BE REMOVED$/m);
    assert.match(
      out,
      new RegExp(`^${leader} +primary .*yes: it leads: .pulumi up. hands over to hippo-`, 'm'),
    );
    assert.match((await pgha('scaledown', 'hippo', '--target', 'hippo-9')).err, /hippo-9 is not a member of/);
  });

  it('shrinks by a chosen replica, as pgha says how to write it; its volume goes only with approval', async function () {
    this.timeout(400_000);
    const said = await pgha('scaledown', 'hippo', '--target', chosen);
    console.log(said.out.replace(/^/gm, '      '));
    assert.match(
      said.out,
      /Nothing was done: the members of hippo are declared in its program\. Write there/,
    );
    const { out } = await pgha('scaledown', 'hippo', '--target', chosen, '-o', 'json');
    const { replicas, remove } = JSON.parse(out) as { replicas: number; remove: string[] };
    assert.deepEqual([replicas, remove], [2, [chosen]]);
    assert.equal((await members()).length, 4);
    const wanted = { ...waiting, remove, removedData: 'delete' };
    const refused = await stack.preview(clusters(replicas, wanted)).then(
      () => assert.fail('it was not refused'),
      (error: Error) => error.message,
    );
    const digest = /This plan needs approval\. To approve it, set approvedPlan to "(\w+)"/.exec(refused)?.[1];
    assert.ok(digest, refused);
    assert.ok(await volume(chosen));
    const approved = clusters(replicas, { ...wanted, approvedPlan: digest });
    const { plan, interruptions } = await letGo(chosen, () => performed(approved, 4, 3));
    assert.match(
      plan.at(-2)!,
      new RegExp(
        `let ${chosen} go \\(replica, streams, restart pending: max_files_per_process \\S+ → 900; ` +
          'out of the synchronous standbys first; then its pod and StatefulSet are deleted\\)$',
      ),
    );
    assert.match(plan.at(-1)!, new RegExp(`delete PersistentVolumeClaim ${chosen}-data \\(1Gi, for ever`));
    assert.equal(interruptions, 0);
    await until('its volume gone', 60, async () => (await volume(chosen)) === undefined);
  });

  it('replaces the member that leads: it hands over, and goes when the new one is there', async function () {
    this.timeout(400_000);
    const wanted = clusters(2, { ...waiting, remove: [chosen, leader] });
    const { plan } = await letGo(leader, () => performed(wanted, 3, 3));
    assert.match(plan[0]!, new RegExp(`^1\\. switchover from ${leader} .*: ${leader} leaves$`));
    assert.match(plan.at(-2)!, /wait until hippo-\d, hippo-\d, hippo-5 are ready \(new: hippo-5\)$/);
    assert.match(
      plan.at(-1)!,
      new RegExp(
        `let ${leader} go \\(leads now, restart pending: .*; out of the synchronous standbys first; `,
      ),
    );
    assert.ok(await volume(leader), 'its volume stays');
  });

  it('does not fall below what a commit waits for', async function () {
    this.timeout(400_000);
    const remove = [chosen, leader];
    const { plan } = await letGo('hippo-5', () => performed(clusters(1, { ...waiting, remove }), 3, 2));
    assert.match(plan.at(-1)!, /let hippo-5 go \(\w+, streams; out of the synchronous standbys first; /);
    for (const { removable, reason } of await members()) {
      assert.equal(removable, false);
      assert.match(reason, /^commits wait for a replica, and none would be left\. Lower synchronousNumber/);
    }
    const standby = (await members()).find(({ role }) => role === 'sync standby')!.name;
    const { code, err } = await pgha('scaledown', 'hippo', '--target', standby);
    assert.deepEqual([code, /may not be removed: commits wait for a replica/.test(err)], [1, true], err);
    assert.equal((await pgha('scale', 'hippo', '--replicas', '0')).code, 1);
    await assert.rejects(
      stack.preview(clusters(0, { ...waiting, remove: [...remove, standby] })),
      /"strict" with replicas: 0/,
    );
  });

  it('grows by members that were removed: one takes its volume up, the other copies the data anew', async function () {
    this.timeout(400_000);
    const { interruptions } = await performed(clusters(3, waiting), 2, 4);
    assert.equal(interruptions, 0);
    const { out } = await pgha('scale', 'hippo', '--replicas', '3');
    assert.match(out, /^hippo has 3 replicas already: hippo-1, hippo-2, hippo-3, hippo-4\.$/m);
    const settings = await hippo.live.get('ConfigMap', namespace, 'hippo-config');
    assert.equal(settings?.data?.['leaving.json']?.trim(), '["hippo-5"]');
    assert.deepEqual(Object.keys((await stack.preview(clusters(3, waiting))).changeSummary), ['same']);
  });
});
