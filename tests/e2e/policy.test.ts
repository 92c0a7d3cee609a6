/** The policy pack of examples/policy, run by the engine on previews: no cluster is made. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { up } from '../../local/kubernetes/cluster';
import { TestStack, type PlainClusterArgs } from '../support/stack';

const namespace = 'e2e-policy';
const pack = join(__dirname, '../../examples/policy');

describe('the policy pack of examples/policy', () => {
  let stack: TestStack;
  const scratch = mkdtempSync(join(tmpdir(), 'policy-'));

  const preview = (args: PlainClusterArgs, limits?: object, actions: object = {}) => {
    const file = join(scratch, 'limits.json');
    if (limits) writeFileSync(file, JSON.stringify(limits));
    return stack.previewWith(
      {
        namespace,
        clusters: JSON.stringify({ hippo: { storage: { size: '1Gi' }, ...args } }),
        actions: JSON.stringify(actions),
      },
      { policyPacks: [pack], ...(limits ? { policyPackConfigs: [file] } : {}) },
    );
  };

  before(async function () {
    this.timeout(120_000);
    await up();
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!);
  });

  after(async () => {
    rmSync(scratch, { recursive: true });
    await stack?.destroy();
  });

  it('refuses a single member without backups, and says what to write', async () => {
    await assert.rejects(preview({ replicas: 0, repositories: [] }), (error: Error) => {
      assert.match(error.message, /cluster hippo has one member: write `replicas: 1` or more/);
      assert.match(error.message, /cluster hippo has no backups: give it `repositories`/);
      return true;
    });
  }).timeout(60_000);

  it('lets pass what has both', async () => {
    const { stdout } = await preview({ replicas: 1 });
    assert.match(stdout, /postgres-ha@v0\.1\.0/);
  }).timeout(60_000);

  it('takes other limits from a file', async () => {
    await assert.rejects(
      preview({ replicas: 1 }, { backups: { fullBackups: 100 } }),
      /repository 1 of hippo keeps \d+ full backups: 100 at least/,
    );
  }).timeout(60_000);

  // With a plan to approve: restore-in-place.test.ts, which has a cluster.
  it('refuses a restore of a cluster that is not there yet', async () => {
    const back = { type: 'Restore', cluster: 'hippo', trigger: 'first' };
    await assert.rejects(
      preview({ replicas: 1 }, undefined, { back }),
      /back has no approved plan, and there is none to read yet/,
    );
  }).timeout(60_000);
});
