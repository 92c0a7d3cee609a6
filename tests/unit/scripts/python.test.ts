/**
 * The Python of provider/config/scripts: its pure parts run in Python's own unittest, each test file as
 * one test here. They need Python's standard library alone; the rest is tested on a real cluster (e2e).
 */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scripts } from '../../../provider/config/scripts';

const root = resolve(__dirname, '..', '..', '..');
const folder = join(root, 'provider', 'config', 'scripts');
const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
const python = (...args: string[]) => spawnSync('python3', args, { cwd: __dirname, env, encoding: 'utf8' });

describe('scripts that run in the image', () => {
  it('are delivered whole, each under its name', () => {
    const delivered = scripts();
    for (const name of ['agent.py', 'start.py', 'prestop.py', 'renew-certificates.py'])
      assert.ok(delivered[name], name);
    // A ConfigMap holds 1 MiB. Foundation writes it as it is, without the copy in an annotation (of 256 KiB) that client-side apply makes.
    const bytes = Buffer.byteLength(JSON.stringify(delivered));
    assert.ok(bytes < 500_000, `${bytes} bytes`);
  });

  describe('in Python', () => {
    before(function () {
      // A machine without Python tests everything else; the image has its own.
      if (python('--version').error) this.skip();
    });

    it('compile', () => {
      const program =
        'import sys\nfor name in sys.argv[1:]: compile(open(name, encoding="utf-8").read(), name, "exec")';
      const names = Object.keys(scripts()).map((name) => join(folder, name));
      const run = python('-c', program, ...names);
      assert.equal(run.status, 0, run.stderr);
    });

    for (const file of readdirSync(__dirname).filter((name) => /^test_.*\.py$/.test(name))) {
      it(file.replace(/^test_(.*)\.py$/, '$1'), () => {
        const run = python('-m', 'unittest', '-v', file);
        assert.equal(run.status, 0, run.stderr);
      });
    }
  });
});
