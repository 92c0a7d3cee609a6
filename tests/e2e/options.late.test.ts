/** What Pulumi hands down from a parent reaches every child of a cluster: providers, transforms, aliases. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { TestStack } from '../support/stack';

const namespace = 'e2e-options';

interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly provider?: string;
  readonly inputs: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
}

describe('options of a resource', () => {
  let stack: TestStack;
  let seen: string[];
  const config = (parent: string) => ({ namespace, parent });

  before(async function () {
    this.timeout(400_000);
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!, {
      namespace: true,
      program: join(__dirname, 'options', 'program'),
    });
    // Whatever the parent's provider does not reach has none at all.
    await stack.withoutDefaultProviders('kubernetes');
    const { outputs } = await stack.upWith(config('platform'));
    seen = outputs.seen!.value as string[];
  });

  after(async function () {
    this.timeout(180_000);
    await stack?.destroy();
  });

  const objects = async (): Promise<StateResource[]> =>
    ((await stack.resources()) as StateResource[]).filter(({ type }) => type.startsWith('kubernetes:'));

  it('the provider of the parent makes every Kubernetes object', async () => {
    const found = await objects();
    assert.ok(found.length > 15, `${found.length} objects`);
    for (const { urn, provider } of found) assert.match(provider ?? '', /::explicit::/, urn);
  });

  it('a transform changes every Kubernetes object, and sees the resources that are not objects', async () => {
    for (const { urn, inputs } of await objects()) assert.equal(inputs.metadata?.labels?.team, 'shop', urn);
    const dynamic = seen.filter((type) => type.startsWith('pulumi-nodejs:dynamic'));
    assert.equal(dynamic.length, 2, seen.join(', '));
  });

  it('nothing changes, and nothing is replaced, when the parent gets another name and an alias', async function () {
    this.timeout(120_000);
    const { changeSummary, stdout } = await stack.previewWith(config('foundations'));
    assert.deepEqual(Object.keys(changeSummary), ['same'], stdout);
  });
});
