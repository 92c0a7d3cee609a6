/** Changes of a running cluster under write load: what the preview says is what happens, and nothing else. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { until } from '../../local/until';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { planIn } from '../support/plan-in';
import { readOnlyKubeconfig } from '../support/read-only';
import { smallCluster } from '../support/small-cluster';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { underLoad } from '../support/under-load';

const namespace = 'e2e-rollout';
const members = 3;

const args: PlainClusterArgs = {
  replicas: members - 1,
  synchronous: 'quorum',
  ...smallCluster,
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

  let approved: string[];

  it('is previewed with rights to get, list and watch alone, and the preview touches nothing', async function () {
    this.timeout(120_000);
    const before = await versions();
    const primary = await hippo.primary();
    const all = planIn('Rollout', (await stack.preview(clusters({ resources: { memory: '448Mi' } }))).stdout);
    const restricted = await stack.as(await readOnlyKubeconfig(kubectl, namespace));
    approved = planIn(
      'Rollout',
      (await restricted.preview(clusters({ resources: { memory: '448Mi' } }))).stdout,
    );
    assert.deepEqual(approved, all);
    assert.match(approved[1]!, /replace the pod of hippo-\d: memory 384Mi → 448Mi/);
    assert.match(approved.at(-2)!, new RegExp(`replace the pod of ${primary}`));
    assert.equal((await versions()).replace(/.*reviewer.*\n/g, ''), before);
  });

  it('of memory restarts replicas first, then hands over: one interruption, never two members down, no lost row', async function () {
    this.timeout(300_000);
    let output = '';
    const { interruptions, mostDown } = await underLoad(hippo, members, async () => {
      output = (await stack.up(clusters({ resources: { memory: '448Mi' } }))).stdout;
    });
    assert.deepEqual(planIn('Rollout', output), approved, 'what was done is not what was previewed');
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
});
