/** The package as npm installs it in an empty folder: what is in it, and that it works there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedAlone } from '../../local/package/alone';
import { packedPackage } from '../../local/package/build';
import { pulumiEnvironment } from '../../local/pulumi/environment';
import { packageSchema, schemaText } from '../../local/schema/schema';
import type { PackageSpec } from '../../local/schema/spec';

const root = join(__dirname, '..', '..');

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

describe('the package, installed by npm in an empty folder', () => {
  let modules: string;
  let files: string[];
  let manifest: Manifest;

  before(async function () {
    this.timeout(300_000);
    modules = join(await installedAlone(), 'node_modules');
    const list = execFileSync('tar', ['-tzf', await packedPackage()], { encoding: 'utf8' });
    files = list
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, ''));
    manifest = JSON.parse(
      readFileSync(join(modules, 'pulumi-postgres-ha', 'package.json'), 'utf8'),
    ) as Manifest;
  });

  it('is small, and holds what is needed and nothing else', async () => {
    assert.ok(statSync(await packedPackage()).size < 5 * 1024 * 1024);
    const plugin = 'dist/cmd/pulumi-resource-postgres-ha';
    for (const path of [
      'dist/index.js',
      'dist/index.d.ts',
      `${plugin}/schema.json`,
      'plugin/PulumiPlugin.yaml',
      'LICENSE',
    ])
      assert.ok(files.includes(path), path);
    assert.deepEqual(
      files.filter((path) => /^(tests|local|bench|provider|sdk|node_modules)\/|\.test\./.test(path)),
      [],
    );
  });

  it('leaves the versions of Pulumi to the program, within ranges, and brings no tools of development', () => {
    assert.deepEqual(Object.keys(manifest.peerDependencies).sort(), [
      '@pulumi/aws',
      '@pulumi/kubernetes',
      '@pulumi/pulumi',
    ]);
    for (const range of Object.values(manifest.peerDependencies))
      assert.match(range, /^>=\d+\.\d+\.\d+ <\d+$/);
    for (const name of ['typescript-eslint', 'mocha', 'pg', '@pulumi/aws'])
      assert.throws(() => statSync(join(modules, name)), name);
    for (const name of Object.keys(manifest.dependencies)) statSync(join(modules, name));
  });

  it('has types by which the example of the README compiles', function () {
    this.timeout(120_000);
    const folder = mkdtempSync(join(tmpdir(), 'minimal-'));
    try {
      cpSync(join(root, 'examples', 'minimal'), folder, { recursive: true });
      symlinkSync(modules, join(folder, 'node_modules'));
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      execFileSync(
        process.execPath,
        [tsc, '--noEmit', '--types', 'node', '--typeRoots', join(root, 'node_modules/@types'), '-p', folder],
        { stdio: 'inherit' },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has its command line', () => {
    assert.match(execFileSync(join(modules, '.bin', 'pgha'), ['--help'], { encoding: 'utf8' }), /switchover/);
  });

  /** Whether the CLI gets the schema of this commit from a path. */
  const givesSchema = async (path: string, cwd: string): Promise<void> => {
    const env = await pulumiEnvironment();
    const text = execFileSync('pulumi', ['package', 'get-schema', path], { env, cwd, encoding: 'utf8' });
    const given = JSON.parse(text.slice(text.indexOf('{'))) as PackageSpec;
    // The CLI adds what is empty.
    const parts = ({ name, version, types, resources }: PackageSpec) => ({ name, version, types, resources });
    const wanted = JSON.parse(schemaText(packageSchema(root))) as PackageSpec;
    assert.deepEqual(parts(given), parts(wanted));
  };

  for (const source of ['.bin/pulumi-resource-postgres-ha', 'pulumi-postgres-ha/plugin'])
    it(`gives its schema to pulumi package get-schema ./node_modules/${source}`, async function () {
      this.timeout(300_000);
      await givesSchema(`./node_modules/${source}`, join(modules, '..'));
    });

  it('is built by npm install in the folder of the plugin, where Pulumi has cloned the repository', async function () {
    this.timeout(300_000);
    const clone = mkdtempSync(join(tmpdir(), 'clone-'));
    try {
      for (const name of ['local', 'plugin', 'provider', 'package.json', 'package-lock.json'])
        cpSync(join(root, name), join(clone, name), { recursive: true });
      for (const name of ['tsconfig.json', 'tsconfig.build.json'])
        cpSync(join(root, name), join(clone, name));
      symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
      // What the host runs (sdk/nodejs/npm/npm.go).
      execFileSync('npm', ['install', '--loglevel=error'], { cwd: join(clone, 'plugin'), stdio: 'ignore' });
      await givesSchema('./plugin', clone);
    } finally {
      rmSync(clone, { recursive: true });
    }
  });
});
