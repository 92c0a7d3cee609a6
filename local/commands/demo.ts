// npm run demo: a real Kubernetes, a highly available PostgreSQL by a real `pulumi up`, and the
// loss of its primary while an application writes.
import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { upForPeople } from '../kubernetes/cluster';
import { packedPackage } from '../package/build';
import { pulumiEnvironment } from '../pulumi/environment';
import { Kubectl } from '../kubernetes/kubectl';
import { choices } from '../demo/choices';
import { demoPrograms, demoProject } from '../demo/project';
import { until } from '../until';
import { nextEvent, startWriter, stopWriter } from '../demo/writer';

const namespace = 'databases';
const started = Date.now();

function say(text: string): void {
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`\n\x1b[1m[${seconds} s] ${text}\x1b[0m`);
}

/** Runs a command in the open: the user sees what it prints. */
function show(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  console.log(`$ ${path.basename(command)} ${args.join(' ')}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${path.basename(command)} ${args[0]} ended with ${code}`)),
    );
  });
}

async function main(): Promise<void> {
  const { image, stack, foreign } = choices(process.env);
  say('A Kubernetes for the demo');
  // What takes long the first time is built side by side.
  const [cluster] = await Promise.all([upForPeople(), packedPackage(), pulumiEnvironment()]);
  // Only now: a cluster that starts anew empties its folder, in which the project and its stacks are as well.
  const { state } = cluster;
  const [folder, environment] = await Promise.all([demoProject(state), pulumiEnvironment({ state })]);
  const env = { ...environment, KUBECONFIG: cluster.kubeconfig, PULUMI_NODEJS_TRANSPILE_ONLY: 'true' };
  const kubectl = new Kubectl(cluster.kubectl, cluster.kubeconfig);
  const pgha = (...args: string[]) =>
    show(path.join(demoPrograms(state), 'pgha'), [...args, '-n', namespace], { cwd: folder, env });

  say(
    `pulumi up of ${path.join('examples', 'minimal', 'index.ts')}: one primary, two replicas, quorum replication`,
  );
  await kubectl.apply([
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    },
  ]);
  const pulumi = (...args: string[]) =>
    show('pulumi', [...args, '--non-interactive', '--stack', stack], { cwd: folder, env });
  await show('pulumi', ['stack', 'select', '--create', stack, '--non-interactive'], { cwd: folder, env });
  await pulumi('config', 'set', 'image', image);
  await pulumi('up', '--yes');
  await pgha('test', 'hippo');

  say('An application writes a row every 20 ms; the primary is deleted under it');
  await startWriter(kubectl, namespace, 'hippo-user-app', image);
  const primary = (
    await kubectl.run(['get', 'pods', '-n', namespace, '-l', 'postgres-ha.dev/role=primary', '-o', 'name'])
  ).trim();
  console.log(`$ kubectl delete ${primary} -n ${namespace}`);
  const deleted = kubectl.run(['delete', primary, '-n', namespace]);
  const back = await nextEvent(kubectl, namespace, 'writing', 60);
  console.log(
    back
      ? `writes are back after ${back.after} s, on another primary`
      : 'no write was held up for half a second',
  );
  await deleted;
  await until('making all members ready again', 180, () => allReady(kubectl));
  await pgha('test', 'hippo');
  const result = await stopWriter(kubectl, namespace);
  console.log(
    `${result.acknowledged} rows acknowledged, ${result.found} found, ${result.lost} lost, ${result.ghosts} ghosts; ` +
      `${result.refused} writes refused; longest time without a write ${result.longestGap} s`,
  );
  if (result.lost > 0 || result.ghosts > 0)
    throw new Error('rows were lost: please report this, with the logs of the members');

  say('Done. The cluster stays:');
  for (const line of foreign ? onForeign(folder, stack) : onLocal(folder)) console.log(`  ${line}`);
}

/** By the StatefulSets, not by the pods that are there: the lost one may not have come yet. */
async function allReady(kubectl: Kubectl): Promise<boolean> {
  const members = ['-n', namespace, '-l', 'postgres-ha.dev/component=postgres', '-o'];
  const sets = await kubectl.run(['get', 'statefulsets', ...members, 'name']);
  const ready = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}';
  const states = await kubectl.run(['get', 'pods', ...members, ready]);
  const count = (text: string, word: RegExp): number => text.match(word)?.length ?? 0;
  return count(states, /True/g) === count(sets, /statefulset/g);
}

function onLocal(folder: string): string[] {
  return [
    `npm run local:shell            a shell with kubectl, pulumi and pgha, for namespace ${namespace}`,
    `cd ${folder}                   in that shell, the program: edit index.ts, pulumi preview, pulumi up`,
    'npm run local:down             takes everything away again',
  ];
}

function onForeign(folder: string, stack: string): string[] {
  return [
    `cd ${folder}                   the program, with stack ${stack}`,
    `pulumi destroy --stack ${stack}         takes the cluster away; its volumes and Secrets stay in namespace ${namespace}`,
    `kubectl delete namespace ${namespace}   takes those away as well`,
  ];
}

main().catch((error: unknown) => {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
