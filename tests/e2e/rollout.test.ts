/** Changes of a running cluster under write load: what the preview says is what happens, and nothing else. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { until } from '../../local/until';
import { checked, described, longestGap, sound } from '../support/checker';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { readOnlyKubeconfig } from '../support/read-only';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { finalState, prepare, Workload } from '../support/workload';

const namespace = 'e2e-rollout';
const members = 3;

const args: PlainClusterArgs = {
  replicas: members - 1,
  synchronous: 'quorum',
  storage: { size: '1Gi' },
  resources: { memory: '384Mi' },
  users: [{ name: 'app' }],
  databases: [{ name: 'app', owner: 'app' }],
  deletionPolicy: 'delete',
  repositories: [],
};

describe('a change of a running cluster', () => {
  let stack: TestStack;
  let kubectl: Kubectl;
  let hippo: DeployedCluster;

  const clusters = (over: PlainClusterArgs = {}) => ({ hippo: { ...args, ...over } });

  before(async function () {
    this.timeout(300_000);
    kubectl = new Kubectl((await up()).kubectl, process.env.KUBECONFIG!);
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!);
    await stack.up(clusters());
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    await hippo.whole(members);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(120_000);
    hippo?.close();
    await stack?.destroy();
  });

  /** The plan of the rollout, as the diagnostics at the end of the output show it: its digest, then its steps. */
  const planIn = (output: string): string[] => {
    const lines = output.slice(output.lastIndexOf('Diagnostics:')).split('\n');
    const start = lines.findIndex((line) => /^\s+Rollout of hippo, plan [0-9a-f]+:$/.test(line));
    assert.ok(start >= 0, output);
    const end = lines.findIndex((line, index) => index > start && line.trim() === '');
    return lines.slice(start, end).map((line) => line.trim());
  };

  /** Everything that a preview must not touch. */
  const versions = () =>
    kubectl.run([
      'get',
      'statefulsets,pods,services,configmaps,secrets,pvc,roles,leases',
      '-n',
      namespace,
      '-o',
      'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{"\\n"}{end}',
    ]);

  /** Runs a change under load; follows how many members are not ready at a time. */
  const underLoad = async (change: () => Promise<unknown>) => {
    await prepare(hippo.service);
    const workload = new Workload(hippo.service).start();
    await pause(2000);
    let following = true;
    let mostDown = 0;
    const follow = (async () => {
      while (following) {
        const pods = await hippo.pods().catch(() => []);
        const ready = pods.filter((pod) =>
          pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
        );
        if (pods.length > 0) mostDown = Math.max(mostDown, members - ready.length);
        await pause(200);
      }
    })();
    const started = performance.now();
    await change();
    await hippo.whole(members);
    const ended = performance.now();
    await pause(1000);
    following = false;
    await follow;
    const history = await workload.stop();
    const verdict = checked(history, await finalState(hippo.service));
    assert.ok(sound(verdict), described(verdict));
    const times = history.appends
      .filter((a) => a.outcome === 'ok')
      .map((a) => a.completed)
      .sort((a, b) => a - b);
    const interruptions = times
      .slice(1)
      .filter((time, index) => time - times[index]! > 700 && time > started).length;
    console.log(
      `      ${described(verdict)}; ${interruptions} interruption(s), the longest ${((longestGap(history, started, ended)?.milliseconds ?? 0) / 1000).toFixed(2)} s; at most ${mostDown} member(s) down`,
    );
    return { interruptions, mostDown };
  };

  let approved: string[];

  it('is previewed with rights to get, list and watch alone, and the preview touches nothing', async function () {
    this.timeout(120_000);
    const before = await versions();
    const primary = await hippo.primary();
    const all = planIn((await stack.preview(clusters({ resources: { memory: '448Mi' } }))).stdout);
    const restricted = await stack.as(await readOnlyKubeconfig(kubectl, namespace));
    approved = planIn((await restricted.preview(clusters({ resources: { memory: '448Mi' } }))).stdout);
    assert.deepEqual(approved, all);
    assert.match(approved[1]!, /replace the pod of hippo-\d: memory 384Mi → 448Mi/);
    assert.match(approved.at(-2)!, new RegExp(`replace the pod of ${primary}`));
    assert.equal((await versions()).replace(/.*reviewer.*\n/g, ''), before);
  });

  it('of memory restarts replicas first, then hands over: one interruption, never two members down, no lost row', async function () {
    this.timeout(300_000);
    let output = '';
    const { interruptions, mostDown } = await underLoad(async () => {
      output = (await stack.up(clusters({ resources: { memory: '448Mi' } }))).stdout;
    });
    assert.deepEqual(planIn(output), approved, 'what was done is not what was previewed');
    assert.ok(interruptions <= 1, `${interruptions} interruptions`);
    assert.equal(mostDown, 1);
    assert.equal(await hippo.sql(`${await hippo.primary()}-0`, 'show shared_buffers'), '112MB');
  });

  it('goes on after pulumi was killed in the middle of it', async function () {
    this.timeout(400_000);
    const wanted = clusters({ resources: { memory: '512Mi' } });
    await stack.preview(wanted);
    const killed = spawn(
      'pulumi',
      ['up', '--yes', '--skip-preview', '--non-interactive', '--stack', namespace],
      {
        cwd: stack.folder,
        env: stack.environment,
        stdio: 'ignore',
      },
    );
    // Until the first pod has been replaced, and the second is about to be.
    const replaced = async (): Promise<number> =>
      (await hippo.pods()).filter((pod) => JSON.stringify(pod.metadata.annotations).includes('512Mi')).length;
    await until('replacing the first pod', 120, async () => (await replaced()) > 0);
    killed.kill('SIGKILL');
    await pause(20_000);
    const left = members - (await replaced());
    assert.ok(left > 0, 'the orphaned provider has acted on alone');
    await stack.cancel();
    await stack.up(wanted);
    await hippo.whole(members);
    assert.equal(await replaced(), members);
    assert.deepEqual(Object.keys((await stack.preview(wanted)).changeSummary), ['same']);
  });

  it('removes the member that leads only after it has handed over', async function () {
    this.timeout(300_000);
    const primary = await hippo.primary();
    const base = { resources: { memory: '512Mi' } };
    const smaller = clusters({ ...base, replicas: 1, remove: [primary] });
    const plan = planIn((await stack.preview(smaller)).stdout).join('\n');
    assert.match(plan, new RegExp(`switchover from ${primary}`));
    await stack.up(smaller);
    assert.notEqual(await hippo.whole(members - 1), primary);
    await stack.up(clusters(base));
    await hippo.whole(members);
  });
});
