// A cluster that is already there: nothing is built, nothing is changed.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type LocalCluster } from './cluster';
import { run } from './processes';
import { stateBeside } from './settings';

export async function namedCluster(kubeconfig: string, state = stateBeside('named')): Promise<LocalCluster> {
  if (!fs.existsSync(kubeconfig))
    throw new Error(
      `there is no kubeconfig ${kubeconfig}: name an existing file, or none to get a local cluster`,
    );
  const kubectl = findOnPath('kubectl');
  if (!kubectl)
    throw new Error('kubectl is not on PATH: install it, it is needed to use the cluster you named');
  const names = await run(kubectl, '--kubeconfig', kubeconfig, 'get', 'nodes', '-o', 'name');
  const nodes = names
    .split('\n')
    .filter(Boolean)
    .map((name) => name.replace('node/', ''));
  return { kubeconfig: path.resolve(kubeconfig), kubectl, nodes, state };
}

export function findOnPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(':')
    .map((directory) => path.join(directory, name))
    .find((file) => fs.existsSync(file));
}
