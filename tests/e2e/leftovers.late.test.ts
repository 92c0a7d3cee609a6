/** A test starts from nothing, whatever a run that was killed has left of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { inState } from '../../local/kubernetes/settings';
import { imageName } from '../../local/image/recipe';
import { restricted } from '../support/image-pods';
import { createNamespace } from '../support/namespaces';
import { TestStack } from '../support/stack';

const name = 'e2e-leftovers';

/** A pod that does not end when it is told to, and has long time for it, as a member has. */
const stubborn = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'stubborn', namespace: name },
  spec: {
    terminationGracePeriodSeconds: 300,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'main',
        image: imageName,
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'],
        securityContext: restricted,
      },
    ],
  },
};

describe('a test whose last run was killed', () => {
  let kubectl: Kubectl;
  let stack: TestStack;

  before(async () => {
    kubectl = new Kubectl((await up()).kubectl, process.env.KUBECONFIG!);
  });

  after(() => kubectl.run(['delete', 'namespace', name, '--ignore-not-found', '--wait=false']));

  it('gets an empty stack and an empty namespace, with a terminating namespace and a lock in the way', async function () {
    this.timeout(290_000);
    const kubeconfig = process.env.KUBECONFIG!;
    await kubectl.run(['delete', 'namespace', name, '--ignore-not-found', '--timeout=100s']);
    await createNamespace(kubeconfig, name);
    await kubectl.apply([stubborn]);
    await kubectl.run(['wait', '-n', name, 'pod/stubborn', '--for=condition=Ready', '--timeout=60s']);
    await kubectl.run(['delete', 'namespace', name, '--wait=false']);
    const ended = spawn('true');
    await new Promise((resolve) => ended.once('exit', resolve));
    const locks = inState('tests', name, 'stacks', '.pulumi', 'locks', 'organization', 'e2e', name);
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, 'left.json'), JSON.stringify({ pid: ended.pid }));

    const started = performance.now();
    stack = await TestStack.open(name, kubeconfig, { namespace: true });
    const seconds = (performance.now() - started) / 1000;
    console.log(`      ${seconds.toFixed(1)} s`);
    assert.ok(seconds < 250, 'it waited for the pod');
    assert.equal(await kubectl.run(['get', 'pods', '-n', name, '-o', 'name']), '');
    // A lock that was left would be refused here.
    const { changeSummary } = await stack.previewWith({
      namespace: name,
      namespaceExists: 'true',
      clusters: '{}',
    });
    assert.deepEqual(changeSummary, { create: 1 });
  });

  it('is refused a second time in one process, since the first would be taken away from under it', async () => {
    await assert.rejects(TestStack.open(name, process.env.KUBECONFIG!), /in use by this test itself/);
  });
});
