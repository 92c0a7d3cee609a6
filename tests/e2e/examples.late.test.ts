/** The programs of examples/ as they stand: run here where nothing but a Kubernetes is needed, else previewed. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { Example, type ExampleOptions } from '../support/example';
import { createNamespace, removeNamespace } from '../support/namespaces';

/** What all programs of examples/ take by default. */
const namespace = 'databases';

/** A kind of the Prometheus Operator's group, of whatever content. */
function operatorKind(kind: string) {
  const [group, singular] = ['monitoring.coreos.com', kind.toLowerCase()];
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      names: { kind, plural: `${singular}s`, singular },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

describe('examples', () => {
  let kubectl: Kubectl;
  let backend: string;
  const opened: Example[] = [];

  const open = async (name: string, options: ExampleOptions = {}): Promise<Example> => {
    const example = await Example.open(name, options);
    opened.push(example);
    return example;
  };

  before(async function () {
    this.timeout(120_000);
    backend = mkdtempSync(join(tmpdir(), 'examples-'));
    kubectl = new Kubectl((await up()).kubectl, process.env.KUBECONFIG!);
    await removeNamespace(process.env.KUBECONFIG!, namespace);
    await createNamespace(process.env.KUBECONFIG!, namespace);
  });

  after(async function () {
    this.timeout(120_000);
    for (const example of opened.reverse()) {
      await example.stack.destroy();
      example.remove();
    }
    rmSync(backend, { recursive: true, force: true });
    await removeNamespace(process.env.KUBECONFIG!, namespace);
  });

  describe('a cluster and its day two', () => {
    let hippo: Example;

    it('minimal: is made, and a second preview has nothing to do', async () => {
      hippo = await open('minimal');
      const { outputs } = await hippo.stack.up();
      assert.equal(outputs['primary']?.value, `hippo.${namespace}.svc`);
      const { steps } = await hippo.previewed();
      assert.deepEqual(
        steps.filter((step) => !step.startsWith('same ')),
        [],
      );
    }).timeout(180_000);

    it('clone-for-tests: a copy of it, made and thrown away', async () => {
      const clone = await open('clone-for-tests', { config: { name: 'clone' } });
      const { output } = await clone.previewed();
      assert.match(output, /restore|backup/i);
      await clone.stack.up();
      const sql = "SELECT 1 FROM pg_database WHERE datname = 'shop'";
      const psql = ['psql', '-XAtd', 'postgres', '-c', sql];
      const shop = await kubectl.run(['exec', '-n', namespace, 'clone-1-0', '-c', 'database', '--', ...psql]);
      assert.equal(shop.trim(), '1');
      await clone.stack.destroy();
    }).timeout(180_000);

    it('day-two: the preview has each plan, and what it says is done once', async () => {
      hippo.becomes('day-two');
      const { output } = await hippo.previewed();
      assert.match(output, /Backup|backup/);
      assert.match(output, /Restart/);
      assert.match(output, /hippo-2/);
      await hippo.stack.up();
      const members = ['-l', 'postgres-ha.dev/component=postgres', '-o', 'name'];
      const pods = await kubectl.run(['get', 'pods', '-n', namespace, ...members]);
      assert.deepEqual(pods.trim().split('\n').sort(), ['pod/hippo-1-0', 'pod/hippo-3-0', 'pod/hippo-4-0']);
      const { steps } = await hippo.previewed();
      assert.deepEqual(
        steps.filter((step) => !step.startsWith('same ')),
        [],
      );
    }).timeout(300_000);

    it('day-two: goes back to before a mistake, once its plan is approved', async () => {
      const sql = async (text: string): Promise<string> => {
        const leader = ['-l', 'postgres-ha.dev/cluster=hippo,postgres-ha.dev/role=primary', '-o', 'name'];
        const pod = (await kubectl.run(['get', 'pods', '-n', namespace, ...leader])).trim();
        const psql = ['psql', '-XAtqd', 'shop', '-c', text];
        return (await kubectl.run(['exec', '-n', namespace, pod, '-c', 'database', '--', ...psql])).trim();
      };
      await sql('CREATE TABLE orders AS SELECT n FROM generate_series(1, 100) n');
      await pause(1500);
      await hippo.configure({ restoreTo: await sql('SELECT clock_timestamp()') });
      await pause(1500);
      await sql('DELETE FROM orders');
      const [, digest] = await hippo.stack.preview().then(
        () => assert.fail('it needs approval'),
        (error: unknown) => /set approvedPlan to "([0-9a-f]{12})"/.exec(String(error)) ?? [],
      );
      assert.ok(digest);
      assert.equal(await sql('SELECT count(*) FROM orders'), '0');
      await hippo.configure({ approvedPlan: digest });
      assert.match((await hippo.previewed()).output, new RegExp(`Restore of hippo, plan ${digest}`));
      await hippo.stack.up();
      assert.equal(await sql('SELECT count(*) FROM orders'), '100');
      const { steps } = await hippo.previewed();
      assert.deepEqual(
        steps.filter((step) => !step.startsWith('same ')),
        [],
      );
    }).timeout(400_000);
  });

  it('restore-from-s3: is previewed', async () => {
    const example = await open('restore-from-s3', {
      config: {
        bucket: 'backups',
        region: 'eu-central-1',
        credentialsSecret: 's3',
        path: 'hippo/20261124-0744bcb8',
        time: '2026-11-24 07:56:09+00',
      },
    });
    const { steps } = await example.previewed();
    assert.ok(
      steps.some((step) => step.endsWith('kubernetes:apps/v1:StatefulSet hippo-3')),
      steps.join('\n'),
    );
  }).timeout(60_000);

  it('monitoring: is made where the Prometheus Operator is, whose kinds stand here without it', async () => {
    const kinds = ['PodMonitor', 'PrometheusRule'];
    const folder = mkdtempSync(join(tmpdir(), 'kinds-'));
    const file = join(folder, 'kinds.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: kinds.map(operatorKind) }));
    await kubectl.run(['apply', '-f', file]);
    try {
      await kubectl.run(['wait', '--for=condition=Established', '--timeout=30s', '-f', file]);
      const example = await open('monitoring', { config: { name: 'watched' } });
      await example.stack.up();
      const monitor = [
        'get',
        'podmonitors',
        'watched',
        '-n',
        namespace,
        '-o',
        'jsonpath={.spec.podMetricsEndpoints[*].port}',
      ];
      assert.equal(await kubectl.run(monitor), 'metrics exporter');
      const rules = [
        'get',
        'prometheusrules',
        'postgres-ha',
        '-n',
        namespace,
        '-o',
        'jsonpath={.spec.groups[*].name}',
      ];
      assert.equal(await kubectl.run(rules), 'postgres-ha postgres-ha-backups postgresql');
      const { steps } = await example.previewed();
      assert.deepEqual(
        steps.filter((step) => !step.startsWith('same ')),
        [],
      );
      await example.stack.destroy();
    } finally {
      await kubectl.run(['delete', '--ignore-not-found', '-f', file]);
      rmSync(folder, { recursive: true });
    }
  }).timeout(180_000);

  it('team: a stack has the rules of another', async () => {
    const stack = 'production';
    const platform = await open('team/platform', { backend, stack, config: { fullBackups: '7' } });
    await platform.stack.up();
    const shop = await open('team/shop', {
      backend,
      stack,
      config: { platform: 'organization/platform/production' },
    });
    const { steps } = await shop.previewed();
    assert.ok(
      steps.some((step) => step.endsWith('kubernetes:apps/v1:StatefulSet shop-2')),
      steps.join('\n'),
    );
  }).timeout(60_000);
});
