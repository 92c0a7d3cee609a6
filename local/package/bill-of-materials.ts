// What a program gets with the package, by CycloneDX: each dependency with version, licence and checksum, as the
// lockfile has them, with which the tests have run. The peers are the program's own choice and not in it.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** Text of the bill of materials of the package whose package.json and lockfile are in `root`. */
export function billOfMaterials(root: string): string {
  const manifest = json(path.join(root, 'package.json')) as { readonly name: string };
  const lock = json(path.join(root, 'package-lock.json')) as Lock;
  // `npm sbom --omit dev` of npm 11.19 leaves out what a dependency and a tool of development both bring (debug,
  // socks, js-yaml): it is given a project that has no such tools.
  const packages = Object.entries(lock.packages)
    .filter(([, { dev }]) => !dev)
    .map(([at, of]) => [at, at === '' ? withoutTools(of) : of]);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sbom-'));
  // It calls the package by the name of its folder (node.name in npm's lib/utils/sbom-cyclonedx.js).
  const folder = path.join(scratch, manifest.name);
  const write = (file: string, content: object) =>
    fs.writeFileSync(path.join(folder, file), JSON.stringify(content));
  try {
    fs.mkdirSync(folder);
    write('package.json', withoutTools(manifest));
    write('package-lock.json', { ...lock, packages: Object.fromEntries(packages) as object });
    const what = ['--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'library'];
    const offline = ['--offline', '--no-update-notifier', '--userconfig', path.join(scratch, 'none')];
    return execFileSync('npm', ['sbom', ...what, ...offline], { cwd: folder, encoding: 'utf8' });
  } finally {
    fs.rmSync(scratch, { recursive: true });
  }
}

function withoutTools(manifest: object): object {
  return {
    ...manifest,
    devDependencies: undefined,
    peerDependencies: undefined,
    peerDependenciesMeta: undefined,
  };
}

function json(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
