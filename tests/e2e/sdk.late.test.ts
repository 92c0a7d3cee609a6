/** sdk/ is what the generators of Pulumi's CLI make of the schema, and compiles; languages.late.test.ts uses it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onPath } from '../../local/pulumi/installed';
import { generateSdks } from '../../local/sdk/generate';

const root = join(__dirname, '..', '..');
const sdk = join(root, 'sdk');

/** Text by path; what compilers leave behind is no part of it. */
function files(folder: string): Record<string, string> {
  const found = globSync('**/*', { cwd: folder }).filter(
    (path) => statSync(join(folder, path)).isFile() && !/__pycache__/.test(path),
  );
  return Object.fromEntries(found.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

describe('the SDKs', () => {
  it('are what the generators make of the schema', async function () {
    this.timeout(600_000);
    if (!onPath('go')) return this.skip();
    const made = mkdtempSync(join(tmpdir(), 'sdk-'));
    try {
      await generateSdks(root, made);
      const [wanted, found] = [files(made), files(sdk)];
      assert.deepEqual(Object.keys(found), Object.keys(wanted));
      for (const [path, text] of Object.entries(wanted))
        assert.ok(found[path] === text, `sdk/${path} is stale: npm run sdk`);
    } finally {
      rmSync(made, { recursive: true });
    }
  });

  it('for Node has types that hold', function () {
    this.timeout(120_000);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '--noEmit', '--skipLibCheck', '-p', join(sdk, 'nodejs')], {
      stdio: 'inherit',
    });
  });

  it('for Python compiles', function () {
    this.timeout(60_000);
    const program = 'import ast, sys\nfor name in sys.argv[1:]: ast.parse(open(name).read(), name)';
    const modules = globSync('python/**/*.py', { cwd: sdk }).map((path) => join(sdk, path));
    execFileSync('python3', ['-c', program, ...modules], { stdio: 'inherit' });
  });
});
