import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Recipe, built, cacheKey } from '../../../local/build/cache';
import { acquire, processStart } from '../../../local/build/lock';
import { duration } from '../../../local/build/progress';

describe('the cache of built things', () => {
  let directory: string;
  let source: string;
  const before_ = process.env.PULUMI_POSTGRES_HA_CACHE;
  const write = process.stderr.write.bind(process.stderr);

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'cache-test-'));
    source = path.join(directory, 'source');
    fs.mkdirSync(source);
    fs.writeFileSync(path.join(source, 'a'), 'one');
    process.env.PULUMI_POSTGRES_HA_CACHE = path.join(directory, 'cache');
    process.stderr.write = () => true;
  });
  afterEach(() => {
    process.stderr.write = write;
    fs.rmSync(directory, { recursive: true });
    if (before_ === undefined) delete process.env.PULUMI_POSTGRES_HA_CACHE;
    else process.env.PULUMI_POSTGRES_HA_CACHE = before_;
  });

  function recipe(build: Recipe['build']): Recipe {
    return { name: 'thing', version: '1', sources: [source], build };
  }

  it('builds once per content', async () => {
    let builds = 0;
    const thing = recipe(async (target) => {
      builds += 1;
      fs.writeFileSync(path.join(target, 'result'), String(builds));
    });
    const first = await built(thing);
    assert.equal(await built(thing), first);
    assert.equal(builds, 1);
    fs.writeFileSync(path.join(source, 'a'), 'two');
    assert.notEqual(await built(thing), first);
    assert.equal(builds, 2);
  });

  it('does not depend on where the checkout lies, but on names, content and modes', () => {
    const key = (): string => cacheKey({ name: 'thing', version: '1', sources: [source] });
    const original = key();
    const moved = path.join(directory, 'elsewhere', 'source');
    fs.cpSync(source, moved, { recursive: true });
    assert.equal(cacheKey({ name: 'thing', version: '1', sources: [moved] }), original);
    assert.notEqual(cacheKey({ name: 'thing', version: '2', sources: [source] }), original);
    fs.chmodSync(path.join(source, 'a'), 0o755);
    assert.notEqual(key(), original);
    fs.chmodSync(path.join(source, 'a'), 0o644);
    fs.renameSync(path.join(source, 'a'), path.join(source, 'b'));
    assert.notEqual(key(), original);
  });

  it('leaves nothing that looks built when a build fails, and says why', async () => {
    const failing = recipe(async (target, log) => {
      fs.writeFileSync(path.join(target, 'half'), '');
      log('compiling');
      throw new Error('no compiler');
    });
    await assert.rejects(built(failing), /thing could not be built: no compiler/);
    assert.deepEqual(
      fs.readdirSync(path.join(directory, 'cache')).filter((name) => !name.startsWith('.')),
      [],
    );
  });

  it('lets two builders of the same thing build it once', async () => {
    let builds = 0;
    const thing = recipe(async () => {
      builds += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    const [a, b] = await Promise.all([built(thing), built(thing)]);
    assert.equal(a, b);
    assert.equal(builds, 1);
  });

  it('takes a lock over from a process that is gone', async () => {
    const file = path.join(directory, 'lock');
    fs.writeFileSync(file, '999999999 1');
    const unlock = await acquire(file, () => assert.fail('nobody holds it'));
    assert.equal(fs.readFileSync(file, 'utf8'), `${process.pid} ${processStart(process.pid)}`);
    unlock();
    assert.ok(!fs.existsSync(file));
  });

  it('keeps the newest builds only', async () => {
    for (let version = 1; version <= 5; version += 1)
      await built({ ...recipe(async () => undefined), version: String(version) });
    assert.equal(
      fs.readdirSync(path.join(directory, 'cache')).filter((name) => name.startsWith('thing-')).length,
      3,
    );
  });

  it('prints durations for people', () => {
    assert.deepEqual([0.34, 12.6, 59.4, 60, 491].map(duration), [
      '0.3 s',
      '13 s',
      '59 s',
      '1 min 0 s',
      '8 min 11 s',
    ]);
  });
});
