// The cluster made of nothing but Go modules and Debian packages: what starts when.
import * as fs from 'node:fs';
import { acquire } from '../build/lock';
import { Progress, duration } from '../build/progress';
import { nodeReadiness, request } from './api';
import { createCgroups } from './cgroups';
import { containerdReady, importImage } from './containerd';
import { apiReady, startApi, startControllers, waitForApi } from './control-plane';
import { createDnsService } from './dns';
import { type Images, preparedImages } from './images';
import { healAll } from './faults';
import { createNetwork } from './network';
import { imageMarker, prepareNode, service, socketOf, startKubelet, startProxy, startRuntime } from './node';
import { createPki } from './pki';
import { ended, knownServices, runningPid, tail } from './processes';
import { type Programs, programs } from './programs';
import { checkMachine } from './rights';
import { inState, nodes, stateDirectory } from './settings';
import { createStorageClass } from './storage';
import { leftProcesses, tearDown } from './teardown';
import { until } from '../until';

export async function locked<T>(work: () => Promise<T>): Promise<T> {
  fs.mkdirSync(stateDirectory(), { recursive: true });
  const unlock = await acquire(inState('.lock'), (holder) =>
    process.stderr.write(`process ${holder} is at work on the local cluster, waiting…\n`),
  );
  try {
    return await work();
  } finally {
    unlock();
  }
}

/** Written when everything has been started: an `up` that was killed half-way leaves none. */
const completeMarker = (): string => inState('complete');

/** Why the cluster cannot be used as it is; nothing if it can. */
export async function problems(): Promise<string[]> {
  if (!knownServices().length) return ['it is not up'];
  const found = fs.existsSync(completeMarker()) ? [] : ['its start was interrupted'];
  return [...found, ...(await componentProblems())];
}

async function componentProblems(): Promise<string[]> {
  const found = ended().map((name) => `${name} has ended`);
  try {
    if (!(await apiReady())) found.push('the API server is not ready');
    const known = await nodeReadiness();
    for (const node of nodes()) {
      const state = known.find(({ name }) => name === node.name);
      if (!state?.ready)
        found.push(`${node.name} is not ready: ${state?.message ?? 'it has not registered'}`);
    }
  } catch (error) {
    found.push(`the API server does not answer: ${error instanceof Error ? error.message : String(error)}`);
  }
  return found;
}

export interface OwnCluster {
  kubeconfig: string;
  kubectl: string;
  nodes: string[];
  state: string;
}

const cluster = (made: Programs): OwnCluster => ({
  kubeconfig: inState('kubeconfig'),
  kubectl: made.kubectl,
  nodes: nodes().map(({ name }) => name),
  state: stateDirectory(),
});

export async function upOwn(): Promise<OwnCluster> {
  await checkMachine();
  const made = await programs();
  const images = await preparedImages(made.pause);
  return locked(async () => {
    const found = await problems();
    if (found.length && !(await repaired(found))) await create(made, images, found);
    await refreshImages(images);
    return cluster(made);
  });
}

/** The cluster that is up, as it is: no image is built for it and nothing is repaired. */
export async function findOwn(): Promise<OwnCluster | undefined> {
  return (await problems()).length ? undefined : cluster(await programs());
}

/**
 * A cluster that lives but is hurt (a test that was interrupted while a node was cut off or the
 * API server was paused) is healed, so that nothing in it is lost.
 */
async function repaired(found: string[]): Promise<boolean> {
  if (!fs.existsSync(completeMarker()) || runningPid('etcd') === undefined) return false;
  process.stderr.write(`repairing the local cluster: ${found.join('; ')}\n`);
  try {
    await healAll();
    await Promise.all([createDnsService(), createStorageClass()]);
    await until('repairing the local cluster', 60, async () => {
      const left = await problems();
      if (left.length) throw new Error(left.join('; '));
      return true;
    });
    return true;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

async function create(made: Programs, images: Images, found: string[]): Promise<void> {
  if (knownServices().length || leftProcesses().length) {
    process.stderr.write(
      `the local cluster cannot be used (${found.join('; ')}): cleaning up and starting anew\n`,
    );
  }
  await tearDown();
  const progress = new Progress('starting the local cluster');
  try {
    createCgroups(nodes().map(({ name }) => name));
    progress.detail('network, certificates, file systems of the nodes');
    await Promise.all([createNetwork(), createPki(made.localkube)]);
    progress.detail('API server, containerd');
    await Promise.all([
      startApi(made).then(() => waitForApi()),
      ...nodes().map((node) => prepareNode(node, images).then(() => startRuntime(node))),
    ]);
    progress.detail('controllers, kubelets');
    await Promise.all([
      startControllers(made),
      ...nodes().map((node) =>
        startKubelet(node, made.localkube).then(() => startProxy(node, made.localkube)),
      ),
      createDnsService(),
      createStorageClass(),
    ]);
    progress.detail('waiting for the nodes');
    // Made by the controllers: once it is there, a new namespace gets its own as fast as anywhere.
    await until(
      'starting the controllers',
      60,
      async () => (await request('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200,
    );
    // What has ended does not come back: no need to wait for it.
    let dead: string[] = [];
    await until('getting all nodes ready', 90, async () => {
      dead = ended();
      if (dead.length) return true;
      const left = await componentProblems();
      if (left.length) throw new Error(left.join('; '));
      return true;
    });
    if (dead.length) throw new Error(dead.map((name) => `${name} has ended:\n${tail(name)}`).join('\n'));
    fs.writeFileSync(completeMarker(), '');
    progress.end(
      `the local cluster is up after ${duration(progress.seconds())}: ${nodes().length} nodes ready`,
    );
  } catch (error) {
    progress.end(`the local cluster could not be started (logs: ${inState('logs')})`);
    throw error;
  }
}

/** The image has been built anew while the cluster runs: every node gets it. */
async function refreshImages(images: Images): Promise<void> {
  await Promise.all(
    nodes().map(async (node) => {
      const marker = imageMarker(node);
      if (
        fs.readFileSync(marker, 'utf8') === images.key ||
        runningPid(service(node, 'containerd')) === undefined
      )
        return;
      process.stderr.write(`importing the changed images into ${node.name}\n`);
      await containerdReady(socketOf(node));
      for (const archive of images.archives) await importImage(socketOf(node), archive);
      fs.writeFileSync(marker, images.key);
    }),
  );
}
