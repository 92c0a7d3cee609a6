// Waiting: for readiness, with the reason when it does not come; for deletion; and what ends a
// wait. Nobody schedules the pods: the tests set their status, as a kubelet would.
import assert from 'node:assert/strict';
import * as kubernetes from '@pulumi/kubernetes';
import { type KubernetesObject, list, live, patchAs, setStatus } from './api';
import { until } from '../../../local/until';
import { changes, failure, TestStack, testNamespace } from './harness';

const container = { name: 'c', image: 'nowhere.example.com/none:1' };
const podSpec = { schedulerName: 'nobody', containers: [container] };

describe('kubernetes plugin: waiting', function () {
  this.timeout(90_000);
  const namespace = testNamespace();
  const stacks: TestStack[] = [];
  const make = async (program: (options: { provider: kubernetes.Provider }) => void): Promise<TestStack> => {
    const stack = await TestStack.create((provider) => program({ provider }));
    stacks.push(stack);
    return stack;
  };
  after(() => Promise.all(stacks.map((stack) => stack.destroy())));

  const metadata = (name: string, annotations: Record<string, string> = {}) => ({
    name,
    namespace,
    annotations,
  });
  const workload = (app: string) => ({
    replicas: 1,
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: podSpec },
  });
  const pods = (): Promise<KubernetesObject[]> => list('v1', 'Pod', namespace);

  /** What a kubelet would report of the pod's one container. */
  async function report(pod: KubernetesObject, state: object, ready: boolean): Promise<void> {
    const status = ready ? 'True' : 'False';
    const unready = ready
      ? {}
      : { reason: 'ContainersNotReady', message: 'containers with unready status: [c]' };
    await setStatus(pod, {
      phase: ready ? 'Running' : 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Initialized', status: 'True' },
        { type: 'ContainersReady', status, ...unready },
        { type: 'Ready', status, ...unready },
      ],
      containerStatuses: [{ name: 'c', image: container.image, imageID: '', restartCount: 0, ready, state }],
    });
  }

  describe('that ends without success', () => {
    let stack: TestStack;
    let message: string;
    const soon = { 'pulumi.com/timeoutSeconds': '8' };
    before(async () => {
      stack = await make((options) => {
        new kubernetes.apps.v1.StatefulSet(
          'set',
          { metadata: metadata('set', soon), spec: { ...workload('set'), serviceName: 'set' } },
          options,
        );
        new kubernetes.apps.v1.Deployment(
          'deployment',
          { metadata: metadata('deployment', soon), spec: workload('deployment') },
          options,
        );
        new kubernetes.core.v1.Pod('pod', { metadata: metadata('pod', soon), spec: podSpec }, options);
        new kubernetes.batch.v1.Job(
          'job',
          {
            metadata: metadata('job'),
            spec: { activeDeadlineSeconds: 1, template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
          },
          options,
        );
      });
      const up = failure(stack.up());
      const waiting = { waiting: { reason: 'ErrImagePull', message: 'no such image' } };
      for (const name of ['set-0', 'deployment-', 'pod']) {
        const pod = await until(`a pod ${name}`, 30, async () =>
          (await pods()).find((each) => each.metadata.name.startsWith(name)),
        );
        await report(pod, waiting, false);
      }
      message = (await up).message;
    });
    const image =
      '\\[Pod [^\\]]+\\]: containers with unready status: \\[c\\]\\[ErrImagePull\\] no such image';
    const reasons: [string, string[]][] = [
      [
        'a StatefulSet says how many are ready and why not',
        ["'set' timed out waiting to be Ready", '0 out of 1 replicas succeeded readiness checks'],
      ],
      [
        'a Deployment says what it lacks',
        ["'deployment' timed out waiting to be Ready", 'Minimum number of live Pods was not attained'],
      ],
      ['a Pod says why it is not ready', ["'pod' timed out waiting to be Ready", image]],
      [
        'a Job that has given up fails at once',
        [
          "Resource 'job' was created but failed to initialize",
          '\\[DeadlineExceeded\\] Job was active longer than specified deadline',
        ],
      ],
    ];
    for (const [sentence, texts] of reasons) {
      it(sentence, () => {
        for (const text of texts) assert.match(message, new RegExp(text));
      });
    }
    it('says what the kubelet says of the pods of a StatefulSet and of a Deployment', () => {
      assert.match(message, new RegExp(image.replace('[^\\]]+', `${namespace}/set-0`)));
      assert.match(message, new RegExp(image.replace('[^\\]]+', `${namespace}/deployment-[^\\]]+`)));
    });
    it('keeps the objects in state, and the next up goes on with them', async () => {
      for (const pod of await pods()) await report(pod, { running: {} }, true);
      const error = await failure(stack.up());
      assert.deepEqual(changes(error), ['deployment: update', 'job: update', 'pod: update', 'set: update']);
      // The Job has failed for good; the others are well now.
      assert.doesNotMatch(error.message, /timed out/);
    });
  });

  describe('that need not be, or is for something else', () => {
    it('skipAwait returns at once, waitFor when its conditions hold', async () => {
      const stack = await make((options) => {
        new kubernetes.apps.v1.StatefulSet(
          'skip',
          {
            metadata: metadata('skip', { 'pulumi.com/skipAwait': 'true' }),
            spec: { ...workload('skip'), serviceName: 'skip' },
          },
          options,
        );
        new kubernetes.apps.v1.Deployment(
          'condition',
          {
            metadata: metadata('condition', {
              'pulumi.com/waitFor': '["condition=Available=False", "jsonpath={.status.replicas}=1"]',
            }),
            spec: workload('condition'),
          },
          options,
        );
        // With a selector: ready when its endpoints have not changed for a while.
        new kubernetes.core.v1.Service(
          'service',
          { metadata: metadata('service'), spec: { selector: { app: 'nobody' }, ports: [{ port: 1 }] } },
          options,
        );
      });
      const started = Date.now();
      await stack.up();
      assert.ok(Date.now() - started > 9_000, 'the endpoints of a Service have 10 s to settle');
    });
  });

  it('is ended by the engine, which keeps the object', async () => {
    const stack = await make((options) => {
      new kubernetes.apps.v1.StatefulSet(
        'stopped',
        { metadata: metadata('stopped'), spec: { ...workload('stopped'), serviceName: 'stopped' } },
        options,
      );
    });
    const abort = new AbortController();
    const up = failure(stack.up({ signal: abort.signal }));
    await until('the StatefulSet', 30, () => live('apps/v1', 'StatefulSet', 'stopped', namespace));
    abort.abort();
    const error = await up;
    assert.match(error.message, /Resource operation was cancelled for "stopped"/);
    assert.equal((await stack.resources()).stopped?.id, `${namespace}/stopped`);
  });

  it('for deletion says which finalizers hold it up', async () => {
    const stack = await make((options) => {
      new kubernetes.core.v1.ConfigMap(
        'held',
        {
          metadata: {
            ...metadata('held', { 'pulumi.com/timeoutSeconds': '4' }),
            finalizers: ['example.com/held'],
          },
        },
        options,
      );
    });
    await stack.up();
    const error = await failure(stack.destroy());
    assert.match(error.message, /finalizers might be preventing deletion \(example\.com\/held\)/);
    assert.match(error.message, /timed out waiting for the condition/);
    await patchAs('test', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'held', namespace, finalizers: null },
    });
    await stack.destroy();
  });

  it('deletionPropagationPolicy orphan leaves what belongs to the object', async () => {
    const stack = await make((options) => {
      new kubernetes.apps.v1.Deployment(
        'orphan',
        {
          metadata: metadata('orphan', { 'pulumi.com/deletionPropagationPolicy': 'orphan' }),
          spec: { ...workload('orphan'), replicas: 0 },
        },
        options,
      );
    });
    await stack.up();
    await stack.destroy();
    assert.equal(await live('apps/v1', 'Deployment', 'orphan', namespace), undefined);
    const left = await until('the ReplicaSet without an owner', 30, async () => {
      const sets = await list('apps/v1', 'ReplicaSet', namespace);
      return sets.find((each) => each.metadata.name.startsWith('orphan-'));
    });
    assert.equal(left.metadata.ownerReferences, undefined);
  });
});
