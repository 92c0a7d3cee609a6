import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mock } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { atWork, endWithEngine, engineAddress, watchman } from '../../../provider/actions/core/alive';
import { bounded, type Entry } from '../../../provider/actions/core/journal';
import { acquire } from '../../../provider/actions/core/lease';
import { digest, render } from '../../../provider/actions/core/plan';
import { covers, unapproved } from '../../../provider/actions/core/steps';
import { World } from './support/world';

const step = (text: string, detail?: string) => ({ kind: 'x', text, detail });

describe('steps', () => {
  it('are the same when only their detail or reason differs', () => {
    assert.ok(covers('switchover from a (to b)', step('switchover from a', 'to c')));
    assert.ok(covers('replace a: image', step('replace a')));
    assert.ok(!covers('replace ab', step('replace a')));
  });
  it('may be missing when they are done, and not be new', () => {
    assert.deepEqual(unapproved(['a', 'b', 'c'], [step('b'), step('c')]), []);
    assert.deepEqual(unapproved(['a'], [step('a'), step('b')]), [step('b')]);
  });
});

describe('a plan', () => {
  it('has a digest that depends on the cluster and the lines', () => {
    assert.match(digest('Rollout', 'ns', 'hippo', ['a']), /^[0-9a-f]{12}$/);
    const all = [
      digest('Rollout', 'ns', 'hippo', ['a']),
      digest('Rollout', 'ns', 'hippo', ['b']),
      digest('Rollout', 'other', 'hippo', ['a']),
      digest('Restart', 'ns', 'hippo', ['a']),
    ];
    assert.equal(new Set(all).size, all.length);
  });
  it('is shown numbered', () => {
    assert.equal(
      render('Rollout', 'hippo', 'abc', ['one', 'two']),
      'Rollout of hippo, plan abc:\n  1. one\n  2. two',
    );
  });
});

describe('the lock', () => {
  it('is given to one at a time, and released', async () => {
    const world = new World();
    const first = await acquire(world, 'ns', 'hippo', 'first', {});
    await assert.rejects(
      acquire(world, 'ns', 'hippo', 'second', {}),
      /Another action works on hippo: the Lease ns\/hippo-lock is held by first .*Nothing was done/,
    );
    await first.release();
    const second = await acquire(world, 'ns', 'hippo', 'second', {});
    assert.equal(second.lost(), undefined);
    assert.match(second.lost(Date.now() + 20_000) ?? '', /could not be renewed for 20 s/);
    await second.release();
  });
  it('is released although it was just being renewed', async () => {
    const world = new World();
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const hold = await acquire(world, 'ns', 'hippo', 'first', {});
      mock.timers.tick(5000);
      await hold.release();
      assert.equal(world.peek('Lease', 'hippo-lock')?.spec?.holderIdentity, '');
    } finally {
      mock.timers.reset();
    }
  });
  it('is taken over from a holder that has been gone for long', async () => {
    const world = new World();
    world.put('Lease', {
      metadata: { name: 'hippo-lock' },
      spec: {
        holderIdentity: 'dead',
        leaseDurationSeconds: 15,
        renewTime: '2020-01-01T00:00:00.000000Z',
        leaseTransitions: 3,
      },
    });
    const hold = await acquire(world, 'ns', 'hippo', 'next', {});
    assert.equal(world.peek('Lease', 'hippo-lock')?.spec?.holderIdentity, 'next');
    assert.equal(world.peek('Lease', 'hippo-lock')?.spec?.leaseTransitions, 4);
    await hold.release();
  });
});

describe('the journal', () => {
  const entry = (id: number, plan: string[] = []): Entry => ({
    id: String(id),
    kind: 'Rollout',
    trigger: 't',
    digest: 'd',
    plan,
    done: [],
    state: 'done',
    by: 'me',
    started: '',
  });
  it('keeps the last entries, and never grows beyond a ConfigMap', () => {
    const many = bounded(Array.from({ length: 300 }, (_, index) => entry(index)));
    assert.equal(many.length, 200);
    assert.equal(many.at(-1)?.id, '299');
    const large = bounded(Array.from({ length: 100 }, (_, index) => entry(index, ['x'.repeat(20_000)])));
    assert.ok(JSON.stringify(large).length < 600_000);
    assert.equal(large.at(-1)?.id, '99');
  });
});

describe('the watchman', () => {
  it('knows the engine by the argument of the process', () => {
    assert.equal(engineAddress(['node', 'index.js', '127.0.0.1:4000']), '127.0.0.1:4000');
    assert.equal(engineAddress(['node', 'mocha', 'tests/unit']), undefined);
  });
  it('ends the process once the engine is gone, not before, and not in the middle of a call', async () => {
    const engine = createServer();
    await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
    let ended = 0;
    const end = () => void ended++;
    const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
    // However often it is asked for, by each call of the engine.
    for (let calls = 0; calls < 3; calls++) endWithEngine(address, end, [5, 20]);
    await pause(60);
    assert.equal(ended, 0, 'the engine is there');
    let written = () => {};
    const call = atWork(() => new Promise<void>((resolve) => (written = resolve)));
    await new Promise((resolve) => engine.close(resolve));
    await pause(100);
    assert.equal(ended, 0, 'a call goes on');
    written();
    await call;
    await pause(60);
    assert.equal(ended, 1);
  });
  it('does not end a process that no engine has started', async () => {
    endWithEngine(undefined, () => assert.fail('it ended'), [1, 1]);
    await pause(20);
  });
  it('says when the engine is gone', async () => {
    const engine = createServer();
    await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
    const guard = watchman(`127.0.0.1:${(engine.address() as AddressInfo).port}`);
    try {
      assert.equal(await guard.stop(), undefined);
      await new Promise((resolve) => engine.close(resolve));
      assert.equal(await guard.stop(), 'the Pulumi engine is gone');
    } finally {
      guard.close();
    }
  });
});
