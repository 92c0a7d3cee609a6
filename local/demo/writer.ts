// The demo's application: a pod that writes numbered rows while the primary is lost.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Kubectl } from '../kubernetes/kubectl';

/** What the writer found at its end. */
export interface WriterResult {
  acknowledged: number;
  refused: number;
  unknown: number;
  found: number;
  lost: number;
  ghosts: number;
  longestGap: number;
}

const name = 'demo-writer';

/** Starts the writer with the Secret of a user, and waits until its first row is in. */
export async function startWriter(
  kubectl: Kubectl,
  namespace: string,
  secret: string,
  image: string,
): Promise<void> {
  const script = fs.readFileSync(path.join(__dirname, 'writer.py'), 'utf8');
  await kubectl.run([
    'delete',
    'pod,configmap',
    name,
    '-n',
    namespace,
    '--ignore-not-found',
    '--wait',
    '--grace-period=0',
  ]);
  await kubectl.apply([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { 'writer.py': script } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      spec: {
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 26,
          runAsGroup: 26,
          fsGroup: 26,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: 'writer',
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['python3', '/demo/writer.py'],
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            volumeMounts: [
              { name: 'script', mountPath: '/demo' },
              { name: 'secret', mountPath: '/etc/app' },
              { name: 'tmp', mountPath: '/tmp' },
            ],
          },
        ],
        volumes: [
          { name: 'script', configMap: { name } },
          { name: 'secret', secret: { secretName: secret, defaultMode: 0o440 } },
          { name: 'tmp', emptyDir: {} },
        ],
      },
    },
  ]);
  await kubectl.run(['wait', '-n', namespace, `pod/${name}`, '--for=condition=Ready', '--timeout=60s']);
  if (!(await nextEvent(kubectl, namespace, 'started', 30)))
    throw new Error(`the writer could not write: kubectl logs -n ${namespace} ${name}`);
}

/** Waits for the writer's next event of a kind. */
export async function nextEvent(
  kubectl: Kubectl,
  namespace: string,
  kind: 'started' | 'writing',
  seconds: number,
): Promise<WriterEvent | undefined> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const found = (await events(kubectl, namespace)).find(({ event }) => event === kind);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return undefined;
}

export interface WriterEvent extends Partial<WriterResult> {
  event: string;
  after?: number;
}

async function events(kubectl: Kubectl, namespace: string): Promise<WriterEvent[]> {
  const lines = (await kubectl.run(['logs', '-n', namespace, name])).split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as WriterEvent);
}

/** Ends the writer and returns what it found. */
export async function stopWriter(kubectl: Kubectl, namespace: string): Promise<WriterResult> {
  await kubectl.run(['exec', '-n', namespace, name, '--', 'touch', '/tmp/stop']);
  await kubectl.run([
    'wait',
    '-n',
    namespace,
    `pod/${name}`,
    '--for=jsonpath={.status.containerStatuses[0].state.terminated}',
    '--timeout=60s',
  ]);
  const result = (await events(kubectl, namespace)).find((line) => line.event === 'result');
  if (!result) throw new Error(`the writer ended without a result: kubectl logs -n ${namespace} ${name}`);
  return result as unknown as WriterResult;
}
