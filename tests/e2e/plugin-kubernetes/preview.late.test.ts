// What a preview and a check do with what is unknown, secret, unnamed or invalid; with credentials
// that only read; with a cluster that cannot be reached; and import.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { cluster, create, kubeconfig, live, serviceAccountToken } from './api';
import { changes, failure, TestStack, testNamespace, unique } from './harness';

/** A kubeconfig for the same cluster with another server or token, as content. */
function kubeconfigWith(change: { token?: string; server?: string }): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'c',
        cluster: {
          server: change.server ?? cluster.server,
          'insecure-skip-tls-verify': !cluster.tls.rejectUnauthorized || undefined,
          'certificate-authority-data': cluster.tls.ca?.toString('base64'),
        },
      },
    ],
    users: [{ name: 'u', user: { token: change.token ?? 'none' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

describe('kubernetes plugin: preview and check', function () {
  this.timeout(60_000);
  const namespace = testNamespace();
  const stacks: TestStack[] = [];
  const make = async (...given: Parameters<typeof TestStack.create>): Promise<TestStack> => {
    const stack = await TestStack.create(...given);
    stacks.push(stack);
    return stack;
  };
  after(() => Promise.all(stacks.map((stack) => stack.destroy())));
  const metadata = (name: string) => ({ name, namespace });
  const map = (name: string) => live('v1', 'ConfigMap', name, namespace);

  describe('inputs that are unknown, secret, unnamed or without a namespace', () => {
    const inside = unique('kp');
    const password = 'correct horse "battery" staple';
    let data = 'a';
    let stack: TestStack;
    before(async () => {
      stack = await make(
        (provider) => {
          const options = { provider };
          const created = new kubernetes.core.v1.Namespace(
            'created',
            { metadata: { name: inside } },
            options,
          );
          // A dry run fails as long as the namespace is not there: the address is unknown until then.
          const service = new kubernetes.core.v1.Service(
            'service',
            {
              metadata: { name: 'service', namespace: created.metadata.name },
              spec: { ports: [{ port: 1 }] },
            },
            options,
          );
          new kubernetes.core.v1.ConfigMap(
            'unknown',
            { metadata: metadata('unknown'), data: { address: service.spec.clusterIP, fixed: 'x' } },
            options,
          );
          new kubernetes.core.v1.ConfigMap('unnamed', { data: { data } }, options);
          const secret = pulumi.secret(password);
          new kubernetes.core.v1.Secret(
            'secret',
            { metadata: metadata('secret'), stringData: { password: secret } },
            options,
          );
          new kubernetes.core.v1.ConfigMap(
            'secret-map',
            { metadata: metadata('secret-map'), data: { plain: 'visible', password: secret } },
            options,
          );
          return { address: service.spec.clusterIP };
        },
        { provider: { namespace } },
      );
    });

    it('are previewed', async () => {
      const outcome = await stack.preview();
      assert.equal(changes(outcome).length, 6);
      assert.doesNotMatch(outcome.text, /battery/);
    });
    it('are known, named and placed after the update', async () => {
      const { outputs } = await stack.up();
      assert.match(String(outputs.address), /^[0-9a-f.:]+$/);
      assert.deepEqual((await map('unknown'))?.data, { address: outputs.address, fixed: 'x' });
      const resources = await stack.resources();
      const { name, namespace: where, annotations } = resources.unnamed?.outputs.metadata ?? { name: '' };
      assert.match(name, /^unnamed-[0-9a-f]{8}$/);
      assert.deepEqual([where, annotations], [namespace, { 'pulumi.com/autonamed': 'true' }]);
      assert.deepEqual(changes(await stack.preview()), []);
    });
    it('are secret in state, whether Kubernetes holds them in a Secret or not', async () => {
      const state = stack.state();
      assert.match(state, /visible/);
      assert.doesNotMatch(state, /battery/);
      assert.ok(!state.includes(Buffer.from(password).toString('base64')));
      assert.deepEqual((await map('secret-map'))?.data, { plain: 'visible', password });
    });
    it('get another generated name at a replacement, which comes before the deletion', async () => {
      const before = (await stack.resources()).unnamed?.id;
      data = 'b';
      const { steps } = await stack.up();
      assert.deepEqual(
        steps.filter((step) => step.name === 'unnamed').map((step) => step.op),
        ['create-replacement', 'replace', 'delete-replaced'],
      );
      assert.notEqual((await stack.resources()).unnamed?.id, before);
    });
  });

  it('refuses in preview what the server would refuse', async () => {
    const stack = await make((provider) => {
      new kubernetes.core.v1.ConfigMap('bad', { metadata: metadata('UPPER') }, { provider });
    });
    assert.match((await failure(stack.preview())).message, /metadata\.name: Invalid value: "UPPER"/);
  });

  describe('credentials that only read', () => {
    let given: string = kubeconfig;
    let step = 'a';
    let more = false;
    let stack: TestStack;
    before(async () => {
      const name = 'reader';
      const at = { name, namespace };
      const group = 'rbac.authorization.k8s.io';
      await create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: at });
      await create({
        apiVersion: `${group}/v1`,
        kind: 'Role',
        metadata: at,
        rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }],
      });
      await create({
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata: at,
        roleRef: { apiGroup: group, kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', ...at }],
      });
      stack = await make(() => {
        const provider = new kubernetes.Provider('given', { kubeconfig: given });
        new kubernetes.core.v1.ServiceAccount(
          'account',
          { metadata: { ...metadata('read-only'), labels: { step } } },
          { provider },
        );
        if (more) new kubernetes.core.v1.ConfigMap('map', { metadata: metadata('read-only') }, { provider });
      });
      await stack.up();
      given = kubeconfigWith({ token: await serviceAccountToken(namespace, name) });
    });
    after(async () => {
      // The failed up has put the reader's credentials into state, and destroy uses those.
      given = kubeconfig;
      await stack.up();
    });
    it('are no other cluster, and no change', async () => {
      assert.deepEqual(changes(await stack.preview()), []);
    });
    it('preview a change in place and a creation without a dry run', async () => {
      step = 'b';
      more = true;
      const outcome = await stack.preview();
      assert.deepEqual(changes(outcome), ['account: update', 'map: create']);
      assert.deepEqual(outcome.steps.find((each) => each.name === 'account')?.diff, {
        'metadata.labels.step': 'update',
      });
    });
    it('cannot do it', async () => {
      assert.match((await failure(stack.up())).message, /forbidden/);
    });
  });

  it('goes on from state when the cluster cannot be reached, and refuses to change it', async () => {
    let server: string | undefined;
    let value = 'a';
    const stack = await make(() => {
      const provider = new kubernetes.Provider('given', {
        kubeconfig: server ? kubeconfigWith({ server }) : fs.readFileSync(kubeconfig, 'utf8'),
        // Else another server is another cluster, in which everything is made anew.
        clusterIdentifier: 'the same',
      });
      const labels = { value };
      new kubernetes.core.v1.ConfigMap('map', { metadata: { ...metadata('far'), labels } }, { provider });
    });
    await stack.up();
    server = 'https://127.0.0.1:1';
    assert.deepEqual(changes(await stack.preview()), []);
    value = 'b';
    assert.deepEqual(changes(await stack.preview()), ['map: update']);
    assert.match((await failure(stack.up())).message, /configured Kubernetes cluster is unreachable/);
    server = undefined;
    await stack.up();
  });

  it('asks for replacement when the kubeconfig names another cluster', async () => {
    let server: string | undefined;
    const stack = await make(() => {
      const provider = new kubernetes.Provider('given', {
        kubeconfig: server ? kubeconfigWith({ server }) : fs.readFileSync(kubeconfig, 'utf8'),
      });
      new kubernetes.core.v1.ConfigMap('map', { metadata: metadata('moved') }, { provider });
    });
    await stack.up();
    server = 'https://127.0.0.1:1';
    assert.ok(changes(await stack.preview()).includes('map: replace'));
    server = undefined;
  });

  it('imports an object as it is', async () => {
    const labels = { a: 'b' };
    const data = { x: 'y' };
    await create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata('imported'), labels },
      data,
    });
    const uid = (await map('imported'))?.metadata.uid;
    const stack = await make((provider) => {
      new kubernetes.core.v1.ConfigMap(
        'map',
        { metadata: { ...metadata('imported'), labels }, data },
        { provider, import: `${namespace}/imported` },
      );
    });
    assert.deepEqual(changes(await stack.up()), ['map: import']);
    assert.deepEqual(changes(await stack.preview()), []);
    assert.equal((await map('imported'))?.metadata.uid, uid);
  });

  it('previews an object whose type is still to come', async () => {
    const stack = await make((provider) => {
      new kubernetes.apiextensions.CustomResource(
        'unknown-type',
        { apiVersion: 'example.com/v1', kind: 'Nothing', metadata: metadata('nothing') },
        { provider },
      );
    });
    assert.deepEqual(changes(await stack.preview()), ['unknown-type: create']);
  });
});
