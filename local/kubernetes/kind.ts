// kind (Kubernetes in Docker), where a Docker engine answers and kind and kubectl are installed.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Progress, duration } from '../build/progress';
import { dockerImage } from '../image/docker';
import { imageName } from '../image/recipe';
import { type LocalCluster } from './cluster';
import { findOnPath, namedCluster } from './named';
import { run } from './processes';
import { raiseWatches } from './rights';
import { stateBeside } from './settings';

const name = 'pulumi-postgres-ha';
const workers = 3;
const state = stateBeside('kind');
const kubeconfig = path.join(state, 'kubeconfig');

export async function kindUsable(): Promise<boolean> {
  if (!['docker', 'kind', 'kubectl'].every(findOnPath)) return false;
  return run('docker', 'info').then(
    () => true,
    () => false,
  );
}

async function kindExists(): Promise<boolean> {
  return (await run('kind', 'get', 'clusters')).split('\n').includes(name);
}

const isThere = async (): Promise<boolean> => (await kindUsable()) && (await kindExists());

export async function kindCluster(): Promise<LocalCluster> {
  fs.mkdirSync(state, { recursive: true });
  raiseWatches();
  // Side by side: the one waits for downloads, the other for the nodes.
  await Promise.all([findOrCreate(), dockerImage()]);
  const progress = new Progress('loading the image into the kind nodes');
  await run('kind', 'load', 'docker-image', imageName, '--name', name);
  progress.end(`the image is on all kind nodes after ${duration(progress.seconds())}`);
  return namedCluster(kubeconfig, state);
}

async function findOrCreate(): Promise<void> {
  if (!(await kindExists())) await create();
  fs.writeFileSync(kubeconfig, await run('kind', 'get', 'kubeconfig', '--name', name), { mode: 0o600 });
  try {
    const ready = ['--for=condition=Ready', 'nodes', '--all', '--timeout=120s'];
    await run('kubectl', '--kubeconfig', kubeconfig, 'wait', ...ready);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `the kind cluster ${name} is there but can't be used (${reason}): remove it with npm run local:down, and start again`,
      { cause: error },
    );
  }
}

/** Kubernetes is of the version that this kind brings images for: each release of kind has its own list. */
async function create(): Promise<void> {
  const worker = (index: number): object => ({
    role: 'worker',
    labels: { 'topology.kubernetes.io/zone': `zone-${index}` },
  });
  const config = path.join(state, 'kind.json');
  fs.writeFileSync(
    config,
    JSON.stringify({
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      nodes: [{ role: 'control-plane' }, ...Array.from({ length: workers }, (_, index) => worker(index + 1))],
    }),
  );
  const progress = new Progress(`creating the kind cluster ${name}`);
  try {
    const files = ['--config', config, '--kubeconfig', kubeconfig];
    await run('kind', 'create', 'cluster', '--name', name, ...files, '--wait', '120s');
  } catch (error) {
    progress.end(`the kind cluster ${name} could not be created`);
    throw error;
  }
  progress.end(`the kind cluster ${name} is there after ${duration(progress.seconds())}`);
}

/** The cluster that is there, as it is. */
export async function findKind(): Promise<LocalCluster | undefined> {
  return (await isThere()) ? namedCluster(kubeconfig, state) : undefined;
}

/** Its nodes, if there is such a cluster. */
export async function kindStatus(): Promise<{ text: string; healthy: boolean } | undefined> {
  if (!(await isThere())) return undefined;
  const text = await run('kubectl', '--kubeconfig', kubeconfig, 'get', 'nodes');
  const ready = text.split('\n').filter((line) => /\sReady\s/.test(line)).length;
  const healthy = ready === workers + 1;
  return {
    text: `${text}the kind cluster ${name} ${healthy ? 'is healthy' : 'cannot be used'}: ${ready} nodes ready`,
    healthy,
  };
}

/** Says whether there was one. */
export async function kindDown(): Promise<boolean> {
  if (!(await isThere())) return false;
  await run('kind', 'delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig);
  fs.rmSync(state, { recursive: true, force: true });
  return true;
}
