// The package as npm publishes it: compiled to dist/, packed, and installed in a program's
// folder. Tests, examples and the demo use this and never a link, because a dynamic provider's
// code is found again by the path of the *installed* package (docs/decisions/thin-shells.md).
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { built, type Recipe } from '../build/cache';

const root = path.resolve(__dirname, '..', '..');

/** Files beside the TypeScript sources that the compiled code reads. */
const carried = /\.(py|sh|json)$/;

const packageRecipe: Recipe = {
  name: 'package',
  version: '1',
  sources: [
    'provider',
    'plugin',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'README.md',
    'LICENSE',
  ]
    .map((name) => path.join(root, name))
    .filter((file) => fs.existsSync(file)),
  build(directory, log) {
    compile(log);
    const output = execFileSync(
      'npm',
      ['pack', '--ignore-scripts', '--json', '--pack-destination', directory],
      {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    log(output);
    fs.renameSync(
      path.join(
        directory,
        fs.readdirSync(directory).find((name) => name.endsWith('.tgz'))!,
      ),
      path.join(directory, 'package.tgz'),
    );
    return Promise.resolve();
  },
};

/** provider/ compiled to dist/, with the scripts and data that it reads. */
export function compile(log: (line: string) => void = () => undefined): void {
  const dist = path.join(root, 'dist');
  fs.rmSync(dist, { recursive: true, force: true });
  try {
    log(
      execFileSync(
        process.execPath,
        [require.resolve('typescript/bin/tsc'), '-p', path.join(root, 'tsconfig.build.json')],
        {
          cwd: root,
          encoding: 'utf8',
        },
      ),
    );
  } catch (error) {
    throw new Error(
      `provider/ does not compile:\n${(error as { stdout?: string }).stdout ?? String(error)}`,
      { cause: error },
    );
  }
  const provider = path.join(root, 'provider');
  fs.cpSync(provider, dist, {
    recursive: true,
    filter: (source) => fs.statSync(source).isDirectory() || carried.test(source),
  });
}

/** The packed package, made from the sources as they are now. */
export async function packedPackage(): Promise<string> {
  return path.join(await built(packageRecipe), 'package.tgz');
}

/**
 * Makes `folder` a project that has the packed package installed. What the package depends on
 * comes from this checkout's own node_modules, so that nothing is downloaded twice.
 */
export async function installPackage(folder: string): Promise<void> {
  const tarball = await packedPackage();
  const modules = path.join(folder, 'node_modules');
  fs.mkdirSync(modules, { recursive: true });
  const stamp = path.join(modules, '.package');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === tarball) return;
  for (const name of fs.readdirSync(path.join(root, 'node_modules'))) {
    const link = path.join(modules, name);
    if (!fs.lstatSync(link, { throwIfNoEntry: false }))
      fs.symlinkSync(path.join(root, 'node_modules', name), link);
  }
  installTarball(folder, tarball);
}

/** Puts this packed package in place of the one that the project has installed. */
export function installTarball(folder: string, tarball: string): void {
  const modules = path.join(folder, 'node_modules');
  const installed = path.join(modules, 'pulumi-postgres-ha');
  fs.rmSync(installed, { recursive: true, force: true });
  fs.mkdirSync(installed);
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  fs.writeFileSync(path.join(modules, '.package'), tarball);
}
