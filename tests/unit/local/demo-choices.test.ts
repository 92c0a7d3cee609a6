import assert from 'node:assert/strict';
import { choices } from '../../../local/demo/choices';
import { imageName } from '../../../local/image/recipe';

describe('npm run demo: what the user chooses', () => {
  it('on a local cluster the image that is built here is used', () => {
    assert.deepEqual(choices({}), { image: imageName, stack: 'demo', foreign: false });
  });

  it("on the user's own cluster the image must be named", () => {
    assert.throws(
      () => choices({ KUBECONFIG_FOR_DEMO: '/a' }),
      /whose nodes can't get .*IMAGE_FOR_DEMO=REGISTRY/,
    );
  });

  it("each of the user's own clusters has a stack of its own", () => {
    const [a, b] = ['/a', '/b'].map((file) =>
      choices({ KUBECONFIG_FOR_DEMO: file, IMAGE_FOR_DEMO: 'r.example/postgres-ha:18' }),
    );
    assert.deepEqual([a!.image, a!.foreign], ['r.example/postgres-ha:18', true]);
    assert.notEqual(a!.stack, b!.stack);
  });
});
