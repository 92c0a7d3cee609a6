// Create, no change, change in place, replacement, loss and deletion of every type that the
// product uses, all of them in one stack, so that each operation runs once.
import assert from 'node:assert/strict';
import { create, live, remove } from './api';
import { changes, type Outcome, TestStack, testNamespace, unique } from './harness';
import type { Row, Variant } from './types';
import { coreRows } from './types-core';
import { otherRows } from './types-others';

const rows = [...coreRows, ...otherRows];

describe('kubernetes plugin: the life of each type', function () {
  this.timeout(120_000);
  const namespace = testNamespace();
  const clusterWide = unique('kp');
  const late = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: `class-${namespace}` },
    provisioner: 'example.com/none',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  let stack: TestStack;
  let variant: Variant = 'base';
  let previewed: Outcome;
  let done: Outcome;
  let uids: Record<string, string>;

  const place = (row: Row) =>
    row.clusterScoped ? { name: `${clusterWide}-${row.name}` } : { name: row.name, namespace };
  const find = (row: Row) => {
    const at = place(row);
    return live(row.apiVersion, row.kind, at.name, 'namespace' in at ? at.namespace : undefined);
  };
  const step = (outcome: Outcome, row: Row) => outcome.steps.filter((each) => each.name === row.name);
  const liveUids = async () =>
    Object.fromEntries(
      await Promise.all(rows.map(async (row) => [row.name, (await find(row))?.metadata.uid] as const)),
    ) as Record<string, string>;

  before(async () => {
    await create(late);
    stack = await TestStack.create((provider) => {
      for (const row of rows) {
        row.make({ ...place(row), labels: { step: variant === 'base' ? 'a' : 'b' } }, variant, { provider });
      }
    });
  });
  after(async () => {
    await stack.destroy();
    await remove(late);
  });

  describe('creation', () => {
    before(async () => {
      previewed = await stack.preview();
    });
    it('is previewed without touching the cluster', async () => {
      assert.deepEqual(changes(previewed), rows.map((row) => `${row.name}: create`).sort());
      const found = await Promise.all(rows.map(find));
      assert.ok(found.every((object) => object === undefined));
    });
    it('makes every object, and waits until it is ready', async () => {
      done = await stack.up();
      assert.deepEqual(changes(done), rows.map((row) => `${row.name}: create`).sort());
      uids = await liveUids();
      assert.ok(
        Object.values(uids).every((uid) => typeof uid === 'string'),
        JSON.stringify(uids),
      );
    });
    it('gives each the id NAMESPACE/NAME and a field manager of its own', async () => {
      const managers = new Set<string>();
      const resources = await stack.resources();
      for (const row of rows) {
        const resource = resources[row.name];
        const at = place(row);
        assert.equal(resource?.id, 'namespace' in at ? `${at.namespace}/${at.name}` : at.name);
        assert.match(resource?.outputs.__fieldManager ?? '', /^pulumi-kubernetes-[0-9a-f]{8}$/);
        assert.equal(resource?.outputs.__initialApiVersion, row.apiVersion);
        managers.add(resource?.outputs.__fieldManager as string);
      }
      assert.equal(managers.size, rows.length);
    });
    it('is no change when run again', async () => {
      assert.deepEqual(changes(await stack.preview()), []);
      assert.deepEqual(changes(await stack.up()), []);
    });
  });

  describe('a change that the type allows', () => {
    before(async () => {
      variant = 'changed';
      previewed = await stack.preview();
      done = await stack.up();
    });
    for (const row of rows) {
      it(`${row.kind}: ${Object.keys(row.changed).join(', ')} in place`, async () => {
        assert.deepEqual(step(previewed, row), [{ name: row.name, op: 'update', diff: row.changed }]);
        assert.deepEqual(
          step(done, row).map((each) => each.op),
          ['update'],
        );
        const object = await find(row);
        assert.equal(object?.metadata.uid, uids[row.name]);
        assert.equal(object?.metadata.labels?.step, 'b');
      });
    }
    it('is no change when run again', async () => {
      assert.deepEqual(changes(await stack.preview()), []);
    });
  });

  describe('a change that needs a new object', () => {
    const replaced = rows.filter((row) => Object.keys(row.replaced).length > 0);
    before(async () => {
      variant = 'replaced';
      previewed = await stack.preview();
      done = await stack.up();
    });
    for (const row of replaced) {
      it(`${row.kind}: ${Object.keys(row.replaced).join(', ')} deletes it first`, async () => {
        const planned = step(previewed, row);
        // Two objects of one name cannot exist beside each other.
        assert.deepEqual(
          planned.map((each) => each.op),
          ['delete-replaced', 'replace', 'create-replacement'],
        );
        assert.deepEqual(planned.find((each) => each.op === 'replace')?.diff, row.replaced);
        assert.deepEqual(
          step(done, row).map((each) => each.op),
          ['delete-replaced', 'replace', 'create-replacement'],
        );
        const object = await find(row);
        assert.notEqual(object?.metadata.uid, uids[row.name]);
      });
    }
    it('leaves the others alone', async () => {
      const others = rows.filter((row) => !replaced.includes(row));
      assert.deepEqual(
        others.flatMap((row) => step(done, row)).filter((each) => each.op !== 'same'),
        [],
      );
    });
  });

  describe('loss outside of Pulumi', () => {
    before(async () => {
      await remove({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config-map', namespace } });
    });
    it('is not seen by a preview, which compares with state', async () => {
      assert.deepEqual(changes(await stack.preview()), []);
    });
    it('is seen by a refresh, and made good by the next up', async () => {
      assert.ok(changes(await stack.refresh()).includes('config-map: delete'));
      // The pod runs nowhere: a refresh notes that it is not ready, and an update tries again.
      assert.deepEqual(changes(await stack.up()), ['config-map: create', 'pod: update']);
    });
  });

  describe('destroy', () => {
    it('removes every object and waits until it is gone', async () => {
      await stack.destroy();
      const left = await Promise.all(rows.map(find));
      assert.deepEqual(
        left.flatMap((object) => (object ? [object.kind] : [])),
        [],
      );
    });
  });
});
