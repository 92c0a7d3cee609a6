import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, removeBackend } from '../../support/leftovers';

describe('tests/support: what a killed run leaves on the machine', () => {
  let folder: string;
  const started: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
    mkdirSync(join(folder, '.pulumi', 'locks', 'organization', 'e2e', 'x'), { recursive: true });
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const lock = (content: string): void =>
    writeFileSync(join(folder, '.pulumi', 'locks', 'organization', 'e2e', 'x', '1.json'), content);

  /** A process that is called `name` and does nothing. */
  const running = async (name: string): Promise<ChildProcess> => {
    const scratch = mkdtempSync(join(tmpdir(), 'program-'));
    copyFileSync('/bin/sleep', join(scratch, name));
    const child = spawn(join(scratch, name), ['60']);
    started.push(child);
    await new Promise((resolve) => child.once('spawn', resolve));
    rmSync(scratch, { recursive: true });
    return child;
  };

  it('a pulumi that holds the lock is ended, and the backend is gone', async () => {
    const pulumi = await running('pulumi');
    const end = new Promise((resolve) => pulumi.once('exit', (_, signal) => resolve(signal)));
    lock(JSON.stringify({ pid: pulumi.pid }));
    await removeBackend(folder);
    assert.equal(await end, 'SIGKILL');
    assert.equal(existsSync(folder), false);
  });

  it('another process that has got the number of the holder is left alone', async () => {
    const other = await running('other');
    lock(JSON.stringify({ pid: other.pid }));
    await removeBackend(folder);
    assert.equal(other.exitCode ?? other.signalCode, null);
    assert.equal(existsSync(folder), false);
  });

  for (const content of ['', '{', '{}', '{"pid": 4194305}'])
    it(`a lock that says "${content}" holds nothing up`, async () => {
      lock(content);
      await removeBackend(folder);
      assert.equal(existsSync(folder), false);
    });

  it('a claim of a dead run is taken over', async () => {
    writeFileSync(join(folder, '.claim'), '4194305 1');
    await claim(folder);
    await assert.rejects(claim(folder), /in use by this test itself/);
  });
});
