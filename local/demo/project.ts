/** The project of the demo: examples/minimal with the packed package installed, which stays for work by hand. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { installPackage } from '../package/build';

const minimal = path.resolve(__dirname, '..', '..', 'examples', 'minimal');

/** `state` is the cluster's folder. */
export const demoFolder = (state: string): string => path.join(state, 'demo');

/** The folder of `pgha`, as npm would make one in node_modules/.bin. */
export const demoPrograms = (state: string): string => path.join(demoFolder(state), 'bin');

export async function demoProject(state: string): Promise<string> {
  const folder = demoFolder(state);
  const programs = demoPrograms(state);
  fs.mkdirSync(programs, { recursive: true });
  for (const file of ['Pulumi.yaml', 'package.json', 'tsconfig.json', 'index.ts'])
    fs.copyFileSync(path.join(minimal, file), path.join(folder, file));
  await installPackage(folder);
  const program = path.join(folder, 'node_modules/pulumi-postgres-ha/dist/cmd/pgha/main.js');
  fs.chmodSync(program, 0o755);
  fs.rmSync(path.join(programs, 'pgha'), { force: true });
  fs.symlinkSync(program, path.join(programs, 'pgha'));
  return folder;
}
