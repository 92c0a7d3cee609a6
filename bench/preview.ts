/**
 * `pulumi preview` of unchanged clusters, against the same objects as plain
 * @pulumi/kubernetes resources: what the component costs the reviewer. Both stacks are
 * deployed, and measured in turn within one run.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { up } from '../local/kubernetes/cluster';
import { connect } from '../provider/live/objects';
import { skipAwait } from '../provider/manifests/metadata';
import { labels } from '../provider/manifests/names';
import { TestStack, type PlainClusterArgs } from '../tests/support/stack';
import { numbers } from './options';
import { keep, machine } from './results';
import { figures, seconds, table } from './statistics';

const namespace = 'bench-preview';
/** Seconds that the component may cost more, by number of clusters (DESIGN 8). */
const bars: Readonly<Record<number, number>> = { 1: 1, 20: 4 };

interface PlainObject {
  readonly name: string;
  readonly type: string;
  readonly inputs: unknown;
}

export async function preview(): Promise<void> {
  const { rounds, most, replicas } = numbers({ rounds: 5, most: 20, replicas: 1 });
  const on = machine();
  const { kubeconfig } = await up();
  const component = await TestStack.open(namespace, kubeconfig, {
    program: join(__dirname, '../tests/support/actions-program'),
  });
  const plain = await TestStack.open(`${namespace}-plain`, kubeconfig, {
    program: join(__dirname, 'plain'),
  });
  const scratch = mkdtempSync(join(tmpdir(), 'bench-preview-'));
  try {
    const results = [];
    for (const count of [1, 5, 20].filter((number) => number <= most)) {
      const clusters = wanted(count, replicas);
      await component.up(clusters);
      const objects = await plainObjects(component, kubeconfig);
      const file = join(scratch, `${count}.json`);
      writeFileSync(file, JSON.stringify(objects));
      const given = { objects: file };
      await plain.upWith(given);
      const times = { component: [] as number[], action: [] as number[], plain: [] as number[] };
      const config = (actions: object[]) => ({
        namespace,
        clusters: JSON.stringify(clusters),
        actions: JSON.stringify(actions),
      });
      // The first of each warms caches of files and is not counted.
      for (let round = 0; round <= rounds; round++) {
        const took = {
          component: await timed(() => component.previewWith(config([]))),
          // One that is about to run: it looks at the cluster, and plans.
          action: await timed(() => component.previewWith(config([restart(`bench ${round}`)]))),
          plain: await timed(() => plain.previewWith(given)),
        };
        if (round === 0) continue;
        times.component.push(took.component);
        times.action.push(took.action);
        times.plain.push(took.plain);
        console.log(
          `${count} clusters ${round}/${rounds}: component ${seconds(took.component)} s, with an action ${seconds(took.action)} s, plain ${seconds(took.plain)} s`,
        );
      }
      results.push({
        clusters: count,
        objects: objects.length,
        component: figures(times.component),
        action: figures(times.action),
        plain: figures(times.plain),
        values: times,
      });
    }
    console.log(`\n${rendered(results)}\n`);
    keep('preview', on, results);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    await plain.destroy();
    await component.destroy();
  }
}

function wanted(count: number, replicas: number): Record<string, PlainClusterArgs> {
  const args: PlainClusterArgs = {
    replicas,
    storage: { size: '1Gi' },
    repositories: [],
    resources: { memory: '256Mi', cpu: '20m' },
    users: [{ name: 'app' }],
    databases: [{ name: 'app', owner: 'app' }],
    deletionPolicy: 'delete',
  };
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`pg${index + 1}`, args]));
}

/**
 * What the component made, as manifests in another namespace: the resources of its stack, and
 * the objects that its Foundation wrote. The copies run no pods (replicas 0, suspended): this is
 * about previews, not about a second set of databases.
 */
async function plainObjects(stack: TestStack, kubeconfig: string): Promise<PlainObject[]> {
  const live = await connect({ kubeconfig });
  const own = `${namespace}-plain`;
  const objects: PlainObject[] = [];
  for (const { type, urn, inputs } of await stack.resources()) {
    if (!type.startsWith('kubernetes:')) continue;
    objects.push({ name: urn.split('::').pop()!, type, inputs: moved(inputs, own) });
  }
  const kinds = ['ConfigMap', 'Secret', 'PersistentVolumeClaim'] as const;
  for (const kind of kinds)
    for (const object of await live.list(kind, namespace, { labels: labels.cluster })) {
      const { metadata, ...rest } = object as unknown as Record<string, unknown> & {
        metadata: { name: string; labels: object };
      };
      delete rest['status'];
      const spec = rest['spec'] as { volumeName?: string } | undefined;
      if (spec) delete spec.volumeName;
      const inputs = {
        ...rest,
        metadata: { name: metadata.name, namespace: own, labels: metadata.labels, annotations: skipAwait },
      };
      objects.push({ name: `${kind}-${metadata.name}`, type: `kubernetes:core/v1:${kind}`, inputs });
    }
  return objects;
}

function moved(inputs: unknown, to: string): unknown {
  const text = JSON.stringify(inputs).replaceAll(`"namespace":"${namespace}"`, `"namespace":"${to}"`);
  const object = JSON.parse(text) as {
    kind?: string;
    metadata?: { name?: string };
    spec?: { replicas?: number; suspend?: boolean };
  };
  if (object.kind === 'Namespace') object.metadata!.name = to;
  if (object.kind === 'StatefulSet') object.spec!.replicas = 0;
  if (object.kind === 'CronJob') object.spec!.suspend = true;
  return object;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

interface Row {
  readonly clusters: number;
  readonly objects: number;
  readonly component: ReturnType<typeof figures>;
  readonly action: ReturnType<typeof figures>;
  readonly plain: ReturnType<typeof figures>;
}

/** An action on the first cluster, as tests/support/actions-program takes it. */
function restart(trigger: string): object {
  return { type: 'Restart', name: 'restart', cluster: 'pg1', args: { trigger } };
}

/** Seconds that an action which is about to run may add to the preview of the program without it. */
const actionBar = 1;

function rendered(results: readonly Row[]): string {
  type Figures = ReturnType<typeof figures>;
  const row = (title: string, objects: number, ours: Figures, base: Figures, bar: number | undefined) => [
    title,
    String(objects),
    ...[ours.median, ours.max, base.median, base.max, ours.median - base.median].map(seconds),
    bar === undefined ? '' : `≤ ${bar}`,
  ];
  const rows = results.flatMap(({ clusters, objects, component, action, plain }) => {
    const title = `${clusters} cluster${clusters === 1 ? '' : 's'}`;
    return [
      row(title, objects, component, plain, bars[clusters]),
      row(`${title} and a Restart, against without`, objects, action, component, actionBar),
    ];
  });
  const head = [
    'seconds of pulumi preview',
    'objects',
    'median',
    'max',
    'base median',
    'base max',
    'more',
    'bar',
  ];
  return table(head, rows);
}
