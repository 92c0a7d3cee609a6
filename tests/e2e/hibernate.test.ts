/** A whole cluster is put to sleep under writes and woken: in order, with nothing lost, and `pulumi up` meanwhile waits for nothing. */
import assert from 'node:assert/strict';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { until } from '../../local/until';
import { checked, described, sound } from '../support/checker';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { settledVersions, versions } from '../support/versions';
import { finalState, prepare, Workload } from '../support/workload';

const namespace = 'e2e-hibernate';
const args: PlainClusterArgs = {
  replicas: 2,
  synchronous: 'strict',
  storage: { size: '1Gi' },
  resources: { memory: '384Mi' },
  users: [{ name: 'app' }],
  databases: [{ name: 'app', owner: 'app' }],
  schedules: [{ type: 'full', cron: '0 1 1 1 *' }],
  deletionPolicy: 'delete',
};

describe('a cluster that is hibernated', () => {
  let stack: TestStack;
  let kubectl: Kubectl;
  let hippo: DeployedCluster;

  /** The program with this run of the action, and this change of the cluster. */
  const program = (action?: { trigger: string; hibernated: boolean }, over: PlainClusterArgs = {}) => ({
    namespace,
    clusters: JSON.stringify({ hippo: { ...args, ...over } }),
    actions: JSON.stringify(action ? { sleep: { type: 'Hibernate', cluster: 'hippo', ...action } } : {}),
  });
  const get = (what: string, path: string) =>
    kubectl.run(['get', what, '-n', namespace, '-o', `jsonpath=${path}`]);
  const suspended = async () => (await get('cronjob/hippo-full-repo1', '{.spec.suspend}')).trim();

  before(async function () {
    this.timeout(400_000);
    kubectl = new Kubectl((await up()).kubectl, process.env.KUBECONFIG!);
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!);
    await stack.upWith(program());
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    await hippo.whole(3);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(180_000);
    hippo?.close();
    await stack?.destroy();
  });

  let workload: Workload;
  let primary: string;

  it('is stopped as the preview says, replicas first, under writes', async function () {
    this.timeout(240_000);
    await prepare(hippo.service);
    primary = await hippo.primary();
    await until('the first backup is published', 120, async () =>
      /\d{8}-\d{6}F/.test(await get('configmap/hippo-backups', '{.data}')),
    );
    const before = await settledVersions(kubectl, namespace);
    const night = { trigger: 'night', hibernated: true };
    const { stdout } = await stack.previewWith(program(night));
    assert.deepEqual(await versions(kubectl, namespace), before, 'the preview touches nothing');
    assert.match(stdout, new RegExp(`stop ${primary} \\(the primary, last`));
    workload = new Workload(hippo.service).start();
    await stack.upWith(program(night));
    assert.equal((await hippo.pods()).length, 0);
    assert.equal(await suspended(), 'true');
    assert.match(await get('pvc', '{.items[*].metadata.name}'), /hippo-1-data/);
  });

  it('keeps no `pulumi up` waiting, of the same program or of a changed one', async function () {
    this.timeout(120_000);
    const night = { trigger: 'night', hibernated: true };
    const same = await stack.upWith(program(night));
    assert.deepEqual(Object.keys(same.summary.resourceChanges ?? {}), ['same']);
    const over = { config: { parameters: { max_connections: 120 } } };
    const changed = await stack.upWith(program(night, over));
    assert.match(changed.stdout, /hippo is hibernated/);
    assert.equal((await hippo.pods()).length, 0);
  });

  it('is started, its last primary first, and nothing is lost', async function () {
    this.timeout(300_000);
    const over = { config: { parameters: { max_connections: 120 } } };
    const morning = { trigger: 'morning', hibernated: false };
    const { stdout } = await stack.previewWith(program(morning, over));
    assert.match(stdout, new RegExp(`start ${primary} \\(the last primary, first`));
    await stack.upWith(program(morning, over));
    await hippo.whole(3);
    assert.equal(await hippo.primary(), primary);
    const verdict = checked(await workload.stop(), await finalState(hippo.service));
    assert.ok(sound(verdict), described(verdict));
    assert.equal(await suspended(), 'false');
    assert.equal(await hippo.sql(`${primary}-0`, 'show max_connections'), '120');
    const again = await stack.upWith(program(morning, over));
    assert.deepEqual(Object.keys(again.summary.resourceChanges ?? {}), ['same']);
  });
});
