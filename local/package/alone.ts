// The packed package as somebody has it who knows nothing of this repository: installed by npm
// in an empty folder.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { built } from '../build/cache';
import { packedPackage } from './build';

const root = path.resolve(__dirname, '..', '..');

/** Versions of its peers, by name. */
export type Peers = Readonly<Record<string, string>>;

/** As this repository tests it, without the optional one. */
const usual: Peers = {
  '@pulumi/kubernetes': version('@pulumi/kubernetes'),
  '@pulumi/pulumi': version('@pulumi/pulumi'),
};

/** The folder that npm has installed it in, for production. */
export async function installedAlone(peers: Peers = usual): Promise<string> {
  const tarball = await packedPackage();
  const dependencies = { ...peers, 'pulumi-postgres-ha': `file:${tarball}` };
  return await built({
    // Each keeps its own few builds.
    name: peers === usual ? 'installed-package' : 'installed-with-peers',
    version: JSON.stringify({ ...dependencies, 'pulumi-postgres-ha': '' }),
    sources: [tarball],
    build(directory, log) {
      fs.writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ private: true, dependencies }));
      // Scripts of the peers would download their plugins, which is the Pulumi CLI's business.
      const options = [
        '--omit=dev',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--prefer-offline',
        '--loglevel=error',
      ];
      log(execFileSync('npm', ['install', ...options], { cwd: directory, encoding: 'utf8' }));
      return Promise.resolve();
    },
  });
}

function version(name: string): string {
  const manifest = fs.readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
