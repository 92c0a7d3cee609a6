// Who owns an object and its fields: creation does not adopt, server-side apply does not take
// other managers' fields, and the annotations and provider settings that say otherwise.
import assert from 'node:assert/strict';
import * as kubernetes from '@pulumi/kubernetes';
import { create, kubeconfig, live, patchAs } from './api';
import { changes, failure, type Program, TestStack, testNamespace } from './harness';

describe('kubernetes plugin: who owns what', function () {
  this.timeout(60_000);
  const namespace = testNamespace();
  const account = (name: string) => live('v1', 'ServiceAccount', name, namespace);
  const annotations = async (name: string): Promise<unknown> => (await account(name))?.metadata.annotations;
  const managers = async (name: string): Promise<string[]> =>
    ((await account(name))?.metadata.managedFields ?? []).map(
      (each) => `${each.manager.replace(/[0-9a-f]{8}$/, '*')} ${each.operation}`,
    );
  const edit = (manager: string, name: string, changed: Record<string, string>): Promise<void> =>
    patchAs(manager, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace, annotations: changed },
    });
  const stacks: TestStack[] = [];
  const make = async (...given: Parameters<typeof TestStack.create>): Promise<TestStack> => {
    const stack = await TestStack.create(...given);
    stacks.push(stack);
    return stack;
  };
  after(() => Promise.all(stacks.map((stack) => stack.destroy())));

  /** A ServiceAccount with annotations: the plainest object there is. */
  const add = (
    provider: kubernetes.Provider,
    name: string,
    values: Record<string, string>,
    ignoreChanges?: string[],
  ): kubernetes.core.v1.ServiceAccount =>
    new kubernetes.core.v1.ServiceAccount(
      name,
      { metadata: { name, namespace, annotations: values } },
      { provider, ignoreChanges },
    );

  describe('an object that is there already', () => {
    const program: Program = (provider) => {
      add(provider, 'taken', { value: 'a' });
    };
    before(() =>
      create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'taken', namespace } }),
    );
    it('is not adopted by creation', async () => {
      const stack = await make(program);
      assert.deepEqual(changes(await stack.preview()), ['taken: create']);
      const error = await failure(stack.up());
      assert.match(error.message, /serviceaccounts "taken" already exists/);
      assert.match(error.message, /upsertExistingObjects/);
      assert.equal(await annotations('taken'), undefined);
    });
    it('is adopted with upsertExistingObjects', async () => {
      const uid = (await account('taken'))?.metadata.uid;
      const stack = await make(program, { provider: { upsertExistingObjects: true } as object });
      await stack.up();
      assert.equal((await account('taken'))?.metadata.uid, uid);
      assert.deepEqual(await annotations('taken'), { value: 'a' });
    });
  });

  describe('a field that somebody else has changed', () => {
    let value = 'a';
    let stack: TestStack;
    before(async () => {
      stack = await make((provider) => {
        add(provider, 'conflict', { value });
      });
      await stack.up();
      value = 'b';
      await stack.up();
      await edit('someone', 'conflict', { value: 'theirs' });
      value = 'c';
    });
    it('is a conflict that names field, manager and remedy, in preview and in up', async () => {
      for (const operation of [() => stack.preview(), () => stack.up()]) {
        const error = await failure(operation());
        assert.match(error.message, /conflict with "someone" using v1: \.metadata\.annotations\.value/);
        assert.match(
          error.message,
          /resource managed by field manager "pulumi-kubernetes-[0-9a-f]{8}" had an apply conflict/,
        );
        assert.match(error.message, /#handle-field-conflicts-on-existing-resources/);
      }
      assert.deepEqual(await annotations('conflict'), { value: 'theirs' });
    });
    it('shows as drift after a refresh, and is no change once the program says the same', async () => {
      assert.deepEqual(changes(await stack.refresh()), ['conflict: update']);
      value = 'theirs';
      assert.deepEqual(changes(await stack.preview()), []);
    });
  });

  describe('after other managers have edited', () => {
    let value = 'a';
    let step = '1';
    let stack: TestStack;
    before(async () => {
      stack = await make((provider) => {
        const forcing = new kubernetes.Provider('forcing', { kubeconfig, enablePatchForce: true } as object);
        const both = { value, step };
        add(provider, 'shared', both);
        add(provider, 'kubectl', both);
        add(provider, 'annotated', { ...both, 'pulumi.com/patchForce': 'true' });
        add(forcing, 'forced', both);
        add(provider, 'named', { ...both, 'pulumi.com/patchFieldManager': 'mine' });
        add(provider, 'ignored', both, ['metadata.annotations.value']);
      });
      await stack.up();
      step = '2';
      await stack.up();
      assert.deepEqual(await managers('shared'), ['pulumi-kubernetes-* Apply']);
      await edit('someone', 'shared', { theirs: 'x' });
      await edit('kubectl-edit', 'kubectl', { value: 'edited', theirs: 'x' });
      for (const name of ['annotated', 'forced', 'ignored']) await edit('someone', name, { value: 'theirs' });
      step = '3';
      value = 'b';
      await stack.up();
    });
    it('what they have added stays', async () => {
      assert.deepEqual(await annotations('shared'), { value: 'b', step: '3', theirs: 'x' });
    });
    it("kubectl's fields become the resource's own, and go when its inputs do not have them", async () => {
      assert.deepEqual(await annotations('kubectl'), { value: 'b', step: '3' });
      assert.deepEqual(await managers('kubectl'), ['pulumi-kubernetes-* Apply']);
    });
    it('pulumi.com/patchForce takes a field back', async () => {
      assert.deepEqual(await annotations('annotated'), {
        value: 'b',
        step: '3',
        'pulumi.com/patchForce': 'true',
      });
    });
    it('enablePatchForce on the provider takes a field back', async () => {
      assert.deepEqual(await annotations('forced'), { value: 'b', step: '3' });
    });
    it('ignoreChanges leaves the field to its new owner', async () => {
      assert.deepEqual(await annotations('ignored'), { value: 'theirs', step: '3' });
    });
    it('pulumi.com/patchFieldManager is the manager, and is kept in state', async () => {
      assert.deepEqual(await managers('named'), ['mine Apply']);
      assert.equal((await stack.resources()).named?.outputs.__fieldManager, 'mine');
    });
    it('there is nothing to do', async () => {
      assert.deepEqual(changes(await stack.preview()), []);
    });
  });

  it('enableConfigMapMutable and enableSecretMutable change contents in place, but not of immutable objects', async () => {
    let value = 'a';
    const stack = await make(
      (provider) => {
        const metadata = (name: string) => ({ name, namespace });
        const data = { a: value };
        new kubernetes.core.v1.ConfigMap('map', { metadata: metadata('mutable'), data }, { provider });
        new kubernetes.core.v1.Secret(
          'secret',
          { metadata: metadata('mutable'), stringData: data },
          { provider },
        );
        new kubernetes.core.v1.ConfigMap(
          'frozen',
          { metadata: metadata('frozen'), immutable: true, data },
          { provider },
        );
      },
      { provider: { enableConfigMapMutable: true, enableSecretMutable: true } as object },
    );
    await stack.up();
    value = 'b';
    assert.deepEqual(changes(await stack.up()), [
      'frozen: create-replacement',
      'frozen: delete-replaced',
      'frozen: replace',
      'map: update',
      'secret: update',
    ]);
    assert.deepEqual((await live('v1', 'ConfigMap', 'frozen', namespace))?.data, { a: 'b' });
  });
});
