/** The package is upgraded under a running cluster: nothing is replaced, no pod restarts that the preview has not named, and no action runs again. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { installPackage, installTarball } from '../../local/package/build';
import { commit, earlierPackage } from '../../local/package/earlier';
import { parseEntries } from '../../provider/actions/core/journal';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { TestStack } from '../support/stack';

const namespace = 'e2e-upgrade';
const members = ['hippo-1', 'hippo-2'];
/** The version that the cluster is made with. */
const from = commit(process.env.UPGRADE_FROM ?? 'HEAD^');

describe('an upgrade of the package', () => {
  let stack: TestStack;
  let hippo: DeployedCluster | undefined;
  const config = { namespace, restart: 'first' };

  before(async function () {
    this.timeout(600_000);
    // A shallow clone has no earlier version.
    if (from === undefined) return this.skip();
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!, {
      program: join(__dirname, '../support/languages/typescript'),
      namespace: true,
    });
    installTarball(stack.folder, await earlierPackage(from));
    await stack.upWith(config);
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    await hippo.whole(members.length);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && hippo) await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(180_000);
    hippo?.close();
    await stack?.destroy();
  });

  it('does what its preview says, and no more', async function () {
    this.timeout(400_000);
    const { live } = hippo!;
    const uids = async () => Promise.all(members.map(async (name) => (await hippo!.pod(name)).metadata.uid));
    const runs = async () => {
      const entries = parseEntries(await live.get('ConfigMap', namespace, 'hippo-journal'));
      return entries.filter(({ kind }) => kind === 'Restart').length;
    };
    const [before, ran] = [await uids(), await runs()];
    await installPackage(stack.folder);
    const { stdout, changeSummary } = await stack.previewWith(config);
    for (const change of ['replace', 'delete', 'create-replacement', 'delete-replaced'])
      assert.equal(changeSummary[change as 'replace'], undefined, stdout);
    assert.doesNotMatch(stdout, /Restart of hippo, plan/);
    const { summary } = await stack.upWith(config);
    console.log(`      from ${from!.slice(0, 7)}: ${JSON.stringify(summary.resourceChanges)}`);
    await hippo!.whole(members.length);
    const after = await uids();
    members.forEach((name, index) => {
      const named = stdout.includes(`replace the pod of ${name}`);
      assert.equal(
        after[index] !== before[index],
        named,
        `${name}: ${named ? 'kept' : 'renewed'}\n${stdout}`,
      );
    });
    assert.equal(await runs(), ran);
  });
});
