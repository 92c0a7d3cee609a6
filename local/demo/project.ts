/** The project of the demo: examples/minimal with the packed package installed, which stays for work by hand. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { stateDirectory } from '../kubernetes/settings';
import { installPackage } from '../package/build';

const minimal = path.resolve(__dirname, '..', '..', 'examples', 'minimal');

export function demoFolder(): string {
  return path.join(stateDirectory(), 'demo');
}

/** The folder of `pgha`, as npm would make one in node_modules/.bin. */
export function demoPrograms(): string {
  return path.join(demoFolder(), 'bin');
}

export async function demoProject(): Promise<string> {
  const folder = demoFolder();
  fs.mkdirSync(demoPrograms(), { recursive: true });
  for (const file of ['Pulumi.yaml', 'package.json', 'tsconfig.json', 'index.ts'])
    fs.copyFileSync(path.join(minimal, file), path.join(folder, file));
  await installPackage(folder);
  const program = path.join(folder, 'node_modules/pulumi-postgres-ha/dist/cmd/pgha/main.js');
  fs.chmodSync(program, 0o755);
  fs.rmSync(path.join(demoPrograms(), 'pgha'), { force: true });
  fs.symlinkSync(program, path.join(demoPrograms(), 'pgha'));
  return folder;
}
