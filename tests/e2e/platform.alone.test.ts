// The platform itself: what every other test on it takes for granted.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import * as net from 'node:net';
import * as readline from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { up } from '../../local/kubernetes/cluster';
import {
  containerProcesses,
  cutNode,
  cutPod,
  healAll,
  healNode,
  healPod,
  killNode,
  startNode,
} from '../../local/kubernetes/faults';
import { imageName } from '../../local/image/recipe';
import { until } from '../../local/until';

const execute = promisify(execFile);
const namespace = `platform-${process.pid}`;
const port = 8080;

interface Pod {
  metadata: { uid: string };
  spec: { nodeName: string };
  status: { podIP: string; containerStatuses: { containerID: string; restartCount: number }[] };
}

/** Restricted Pod Security, as the namespace demands; answers each connection with its name. */
function pod(name: string, node?: string, claim?: string): object {
  const answer = `import socket,os
s=socket.create_server(("",${port}))
print("listening",flush=True)
while True:
    c,_=s.accept(); c.sendall(b"${name}"); c.close()`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: 'echo' } },
    spec: {
      ...(node ? { nodeSelector: { 'kubernetes.io/hostname': node } } : {}),
      terminationGracePeriodSeconds: 0,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 26,
        fsGroup: 4711,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'main',
          image: imageName,
          imagePullPolicy: 'Never',
          command: ['python3', '-c', answer],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
          volumeMounts: claim ? [{ name: 'data', mountPath: '/data' }] : [],
        },
      ],
      volumes: claim ? [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] : [],
    },
  };
}

describe('the local platform', function () {
  this.timeout(180_000);
  let program = 'kubectl';
  let kubeconfig = '';

  const kubectl = async (...args: string[]): Promise<string> =>
    (await execute(program, ['--kubeconfig', kubeconfig, '--namespace', namespace, ...args])).stdout;
  const json = async <T>(...args: string[]): Promise<T> =>
    JSON.parse(await kubectl('get', ...args, '-o', 'json')) as T;
  const apply = (object: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = execFile(program, ['--kubeconfig', kubeconfig, 'apply', '-f', '-'], (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
      child.stdin?.end(JSON.stringify(object));
    });
  const ready = (...names: string[]): Promise<string> =>
    kubectl('wait', '--for=condition=Ready', '--timeout=60s', ...names.map((name) => `pod/${name}`));

  /** What a pod hears from an address within two seconds. */
  const hears = async (from: string, address: string): Promise<string> => {
    const ask = `import socket; print(socket.create_connection(("${address}",${port}),2).recv(99).decode())`;
    return (await kubectl('exec', from, '--', 'python3', '-c', ask)).trim();
  };
  /** The same from the host. */
  const hostHears = (address: string, at = port): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ host: address, port: at, timeout: 2000 });
      socket.once('data', (data) => resolve(data.toString()) ?? socket.destroy());
      socket.once('timeout', () => socket.destroy(new Error('timeout')));
      socket.once('error', reject);
    });
  before(async () => {
    const cluster = await up();
    program = cluster.kubectl;
    kubeconfig = cluster.kubeconfig;
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
    await until('a service account', 20, async () =>
      Boolean(await kubectl('get', 'serviceaccount', 'default')),
    );
    await apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'echo', namespace },
      spec: { selector: { app: 'echo' }, ports: [{ port }] },
    });
    await apply({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    await apply(pod('one', 'node1'));
    await apply(pod('two', 'node2'));
    await apply(pod('three', undefined, 'data'));
    await ready('one', 'two', 'three');
  });

  after(async () => {
    await healAll();
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  it('lets pods of different nodes reach each other by address, Service and name', async () => {
    const two = await json<Pod>('pod', 'two');
    assert.equal(two.spec.nodeName, 'node2');
    assert.equal(await hears('one', two.status.podIP), 'two');
    const service = await json<{ spec: { clusterIP: string } }>('service', 'echo');
    for (const address of [service.spec.clusterIP, 'echo', `echo.${namespace}.svc.cluster.local`]) {
      const heard = new Set<string>();
      // By chance each time: kube-proxy's rules pick an endpoint at random, the asking pod included.
      await until(
        `all answers of ${address}`,
        40,
        async () => heard.add(await hears('one', address)).size === 3,
      );
    }
  });

  it('lets the host reach pods and Services', async () => {
    assert.equal(await hostHears((await json<Pod>('pod', 'two')).status.podIP), 'two');
    const { spec } = await json<{ spec: { clusterIP: string } }>('service', 'echo');
    assert.ok(['one', 'two', 'three'].includes(await hostHears(spec.clusterIP)));
  });

  it('gives a pod a volume that its group may write to, and grows it', async () => {
    await kubectl('exec', 'three', '--', 'touch', '/data/file');
    assert.equal(
      (await kubectl('exec', 'three', '--', 'stat', '-c', '%g', '/data', '/data/file')).trim(),
      '4711\n4711',
    );
    await kubectl('patch', 'pvc', 'data', '-p', '{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}');
    const claim = (): Promise<string> =>
      kubectl('get', 'pvc', 'data', '-o', 'jsonpath={.status.capacity.storage}');
    await until('growing', 10, async () => (await claim()) === '3Gi');
    await assert.rejects(
      kubectl('patch', 'pvc', 'data', '-p', '{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}'),
      /can not be less/,
    );
  });

  it('removes a volume with its claim', async () => {
    const volume = await kubectl('get', 'pvc', 'data', '-o', 'jsonpath={.spec.volumeName}');
    await kubectl('delete', 'pod/three', 'pvc/data', '--timeout=30s');
    await until(
      'removing the volume',
      20,
      async () => !(await kubectl('get', 'pv', '--ignore-not-found', volume)),
    );
  });

  it('serves exec, logs and port-forward', async () => {
    assert.equal(await kubectl('exec', 'one', '--', 'echo', 'hello'), 'hello\n');
    await assert.rejects(kubectl('exec', 'one', '--', 'sh', '-c', 'exit 3'), { code: 3 });
    assert.equal(await kubectl('logs', 'two'), 'listening\n');
    const forward = spawn(program, [
      '--kubeconfig',
      kubeconfig,
      '-n',
      namespace,
      'port-forward',
      'pod/two',
      `:${port}`,
    ]);
    try {
      const [line] = (
        await readline.createInterface(forward.stdout)[Symbol.asyncIterator]().next()
      ).value.match(/:\d+/) as [string];
      assert.equal(await hostHears('127.0.0.1', Number(line.slice(1))), 'two');
    } finally {
      forward.kill();
    }
  });

  it('enforces restricted Pod Security', async () => {
    const bad = pod('bad') as { spec: { securityContext?: object } };
    delete bad.spec.securityContext;
    await assert.rejects(apply(bad), /violates PodSecurity "restricted/);
  });

  it('restarts a container whose process was killed from outside', async () => {
    const { metadata, status } = await json<Pod>('pod', 'two');
    const processes = containerProcesses(metadata.uid, status.containerStatuses[0]!.containerID);
    assert.equal(processes.length, 1);
    assert.equal(processes[0]!.name, 'python3');
    process.kill(processes[0]!.pid, 'SIGKILL');
    await until(
      'the restart',
      30,
      async () => (await json<Pod>('pod', 'two')).status.containerStatuses[0]!.restartCount === 1,
    );
    await ready('two');
  });

  it('cuts one pod off and heals it', async () => {
    const { podIP } = (await json<Pod>('pod', 'two')).status;
    await cutPod(podIP);
    await assert.rejects(hears('one', podIP));
    await assert.rejects(hostHears(podIP), /timeout/);
    const others = await json<Pod>('pod', 'one');
    assert.equal(await hears('one', others.status.podIP), 'one');
    // kubelet goes on probing it: the pod must not become unready or restart for being cut off.
    await delay(5000);
    await ready('two');
    await healPod(podIP);
    assert.equal(await hears('one', podIP), 'two');
  });

  it('cuts a node off and heals it', async () => {
    const { podIP } = (await json<Pod>('pod', 'two')).status;
    await cutNode('node2');
    await assert.rejects(hostHears(podIP));
    assert.match(await kubectl('get', '--raw', '/readyz'), /ok/);
    await healNode('node2');
    await until('healing', 10, async () => (await hostHears(podIP)) === 'two');
  });

  it('kills a node and brings it back with its pods', async () => {
    const { metadata } = await json<Pod>('pod', 'two');
    await killNode('node2');
    await startNode('node2');
    await until('the pod on the node that came back', 60, async () => {
      const { metadata: now, status } = await json<Pod>('pod', 'two');
      return now.uid === metadata.uid && (await hostHears(status.podIP)) === 'two';
    });
    await ready('two');
  });
});
