import assert from 'node:assert/strict';
import { dynamicProvider } from '../../../provider/actions/core/provider';
import type { FoundationInputs } from '../../../provider/actions/foundation/inputs';
import { foundation } from '../../../provider/actions/foundation/provider';
import { normalise } from '../../../provider/cluster/normalise';
import { foundationInputs } from '../../../provider/cluster/parts';
import { World } from './support/world';

function inputs(args: object): FoundationInputs & Record<string, unknown> {
  const spec = normalise('hippo', { namespace: 'ns', replicas: 0, ...args } as never);
  const all = { ...foundationInputs(spec), passwords: {}, repositoryKeys: {} };
  return JSON.parse(JSON.stringify(all)) as FoundationInputs & Record<string, unknown>;
}

function secret(world: World, name: string, key: string): string {
  return Buffer.from(world.peek('Secret', name)!.data![key]!, 'base64').toString();
}

describe('keys to S3 in a Secret of the user', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const put = (world: World, key: string): Promise<unknown> =>
    world.apply('Secret', {
      metadata: { name: 's3-key', namespace: 'ns' },
      type: 'Opaque',
      data: { key: base64(key), keySecret: base64('s') },
    });
  const given = inputs({
    repositories: [{ type: 's3', bucket: 'b', region: 'eu-central-1', credentialsSecret: 's3-key' }],
  });

  it('are given to pgBackRest again at a refresh, when they are others', async () => {
    const world = new World();
    await put(world, 'old');
    const provider = dynamicProvider(foundation, async () => world);
    const { inputs: checked } = await provider.check({}, given);
    const { id, outs } = await provider.create(checked);
    const { props: same } = await provider.read(id, outs);
    assert.equal(same['unfinished'], undefined);
    await put(world, 'new');
    const { props } = await provider.read(id, outs);
    assert.equal(
      props['unfinished'],
      'found at refresh: renew Secret hippo-repositories: the keys in Secret s3-key have changed',
    );
    await provider.update(id, props, checked);
    assert.match(secret(world, 'hippo-repositories', 'repository-1.conf'), /^repo1-s3-key=new$/m);
  });
});
