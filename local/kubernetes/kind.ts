// kind (Kubernetes in Docker), where a Docker engine answers and kind is installed.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type LocalCluster } from './cluster';
import { databaseImage } from './images';
import { findOnPath, namedCluster } from './named';
import { run } from './processes';
import { raiseWatches } from './rights';
import { inState, kubernetesVersion, stateDirectory } from './settings';

const name = 'pulumi-postgres-ha';

export async function kindUsable(): Promise<boolean> {
  if (!findOnPath('docker') || !findOnPath('kind') || !findOnPath('kubectl')) return false;
  return run('docker', 'info').then(
    () => true,
    () => false,
  );
}

export async function kindExists(): Promise<boolean> {
  return (await run('kind', 'get', 'clusters')).split('\n').includes(name);
}

export async function kindCluster(): Promise<LocalCluster> {
  fs.mkdirSync(stateDirectory(), { recursive: true });
  const kubeconfig = inState('kubeconfig');
  raiseWatches();
  if (!(await kindExists())) {
    const worker = (index: number): object => ({
      role: 'worker',
      labels: { 'topology.kubernetes.io/zone': `zone-${index}` },
    });
    const config = {
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      nodes: [{ role: 'control-plane' }, ...[1, 2, 3].map(worker)],
    };
    const file = path.join(stateDirectory(), 'kind.json');
    fs.writeFileSync(file, JSON.stringify(config));
    process.stderr.write('creating a kind cluster\n');
    const image = `kindest/node:v${kubernetesVersion}`;
    await run(
      'kind',
      'create',
      'cluster',
      '--name',
      name,
      '--config',
      file,
      '--image',
      image,
      '--kubeconfig',
      kubeconfig,
      '--wait',
      '120s',
    );
  } else {
    fs.writeFileSync(kubeconfig, await run('kind', 'get', 'kubeconfig', '--name', name), { mode: 0o600 });
  }
  const archive = await databaseImage();
  if (archive) await loadIntoKind(archive);
  return namedCluster(kubeconfig);
}

export async function loadIntoKind(archive: string): Promise<void> {
  await run('kind', 'load', 'image-archive', archive, '--name', name);
}

export async function kindDown(): Promise<void> {
  if ((await kindUsable()) && (await kindExists())) await run('kind', 'delete', 'cluster', '--name', name);
}
