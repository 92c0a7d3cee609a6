/** What a release publishes: nothing that npm would put right by itself, nothing that programs do not need, and a bill of all of it. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { installedAlone } from '../../local/package/alone';
import { billOfMaterials } from '../../local/package/bill-of-materials';
import { packedPackage } from '../../local/package/build';

const root = join(__dirname, '..', '..');

interface Manifest {
  readonly version: string;
  readonly license?: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}
const manifestIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
const manifest = manifestIn(root);

/** A registry that has nothing, and remembers what it was asked. */
async function emptyRegistry(): Promise<{ url: string; asked: string[]; server: Server }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `//127.0.0.1:${(server.address() as AddressInfo).port}/`, asked, server };
}

describe('a release', () => {
  let scratch: string;
  before(() => {
    scratch = mkdtempSync(join(tmpdir(), 'release-'));
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('is published without a warning: a dry run sends nothing', async function () {
    this.timeout(120_000);
    // A folder, not the tarball: only of a folder npm says what it has to correct.
    const folder = join(scratch, 'package');
    mkdirSync(folder);
    execFileSync('tar', ['-xzf', await packedPackage(), '-C', folder, '--strip-components=1']);
    const { url, asked, server } = await emptyRegistry();
    try {
      const settings = join(scratch, 'npmrc');
      writeFileSync(settings, `${url}:_authToken=none\n`);
      const options = ['--ignore-scripts', '--no-update-notifier', '--userconfig', settings];
      const npm = ['publish', '--dry-run', '--json', '--registry', `http:${url}`, ...options];
      // Without what GitHub tells a workflow, by which npm would ask for a token of its own.
      const env = { PATH: process.env.PATH, HOME: scratch };
      const { stdout, stderr } = await promisify(execFile)('npm', npm, { cwd: folder, env });
      assert.deepEqual(stderr.match(/npm (warn|error).*/gi) ?? [], []);
      assert.match(stderr, /Publishing to .* \(dry-run\)/);
      assert.ok(stdout.includes(`pulumi-postgres-ha-${manifest.version}.tgz`), stdout);
      assert.deepEqual(
        asked.filter((one) => !one.startsWith('GET ')),
        [],
      );
    } finally {
      server.close();
    }
  });

  it('brings what it declares, in these versions, and nothing of development', async function () {
    this.timeout(300_000);
    const folder = await installedAlone();
    const command = ['ls', '--omit=dev', '--json', '--long', '--offline', '--no-update-notifier'];
    // Ends with an error where something is missing, or is there and wanted by nobody.
    const text = execFileSync('npm', command, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { problems, dependencies } = JSON.parse(text) as { problems?: string[]; dependencies: object };
    assert.equal(problems, undefined);
    assert.deepEqual(Object.keys(dependencies).sort(), [
      '@pulumi/kubernetes',
      '@pulumi/pulumi',
      'pulumi-postgres-ha',
    ]);
    const modules = join(folder, 'node_modules');
    const installed = manifestIn(join(modules, 'pulumi-postgres-ha'));
    assert.deepEqual(installed.dependencies, manifest.dependencies);
    for (const [name, version] of Object.entries(installed.dependencies))
      assert.equal(manifestIn(join(modules, name)).version, version, name);
  });

  it('has a bill of materials that names every dependency, with version and licence', function () {
    this.timeout(60_000);
    interface Component {
      readonly name: string;
      readonly version: string;
      readonly licenses?: readonly { readonly license?: { readonly id?: string } }[];
    }
    const { bomFormat, metadata, components } = JSON.parse(billOfMaterials(root)) as {
      readonly bomFormat: string;
      readonly metadata: { readonly component: Component };
      readonly components: readonly Component[];
    };
    assert.equal(bomFormat, 'CycloneDX');
    assert.equal(metadata.component.name, 'pulumi-postgres-ha');
    assert.equal(metadata.component.version, manifest.version);
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { version: string; license: string; dev?: boolean }>>;
    };
    const wanted = Object.entries(packages)
      .filter(([path, { dev }]) => path !== '' && !dev)
      .map(([path, of]) => `${path.replace(/^.*node_modules\//, '')}@${of.version} ${of.license}`);
    const found = components.map(
      ({ name, version, licenses }) =>
        `${name}@${version} ${licenses?.map(({ license }) => license?.id).join()}`,
    );
    assert.deepEqual(found.sort(), [...new Set(wanted)].sort());
    for (const [name, version] of Object.entries(manifest.dependencies))
      assert.ok(
        found.some((one) => one.startsWith(`${name}@${version} `)),
        name,
      );
    // All of them may be used in anything, without more than naming them.
    const licences = [...new Set(found.map((one) => one.split(' ')[1]))].sort();
    assert.deepEqual(licences, ['0BSD', 'Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT', 'PSF-2.0', 'Unlicense']);
  });

  it('works with the lowest versions of its peers as with those of this repository', async function () {
    this.timeout(600_000);
    const lowest = Object.entries(manifest.peerDependencies).map(([name, range]) => [
      name,
      /^>=(\S+) /.exec(range)![1]!,
    ]);
    const folder = await installedAlone(Object.fromEntries(lowest));
    const program = join(root, 'tests', 'support', 'child-urns.ts');
    const node = ['-r', require.resolve('ts-node/register/transpile-only'), program, folder];
    const made = execFileSync(process.execPath, node, { cwd: root, encoding: 'utf8' });
    assert.equal(made, readFileSync(join(root, 'tests', 'golden', 'child-urns.txt'), 'utf8'));
    for (const example of ['minimal', 'eks-production']) {
      const project = join(scratch, example);
      cpSync(join(root, 'examples', example), project, { recursive: true });
      symlinkSync(join(folder, 'node_modules'), join(project, 'node_modules'));
      const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
      const tsc = require.resolve('typescript/bin/tsc');
      execFileSync(process.execPath, [tsc, '--noEmit', ...types, '-p', project], { stdio: 'inherit' });
    }
  });

  it('is made by commands that this project has', () => {
    const { jobs } = parse(readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')) as {
      readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
    };
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    const scripts = runs.flatMap((run) => [...run.matchAll(/npm run ([\w:-]+)/g)].map((found) => found[1]!));
    assert.deepEqual(scripts, ['test:all', 'build', 'sbom']);
    for (const name of scripts) assert.ok(manifest.scripts[name], name);
    assert.ok(runs.some((run) => /^npm publish .*--provenance/.test(run)));
  });
});
