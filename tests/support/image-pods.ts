// Pods of the image that run to their end, and what became of them.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { imageName } from '../../local/image/recipe';
import type { LocalCluster } from '../../local/kubernetes/cluster';
import { until } from '../../local/until';

const run = promisify(execFile);
/** The container's part of the restricted Pod Security Standard, and a read-only root. */
export const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
};

export interface Container {
  args: string[];
  env?: Record<string, string>;
  /** Paths that are emptyDirs. */
  mounts?: string[];
  /** Shell commands in an init container with the same mounts. */
  before?: string;
  security?: Record<string, unknown>;
}

export interface Ended {
  code: number;
  message: string;
  log: string;
}

interface PodStatus {
  phase: string;
  containerStatuses?: { state: { terminated?: { exitCode: number; message?: string } } }[];
}

function pod(namespace: string, name: string, container: Container): unknown {
  const volume = (mount: string): string => mount.replaceAll('/', '-').slice(1);
  const volumeMounts = (container.mounts ?? []).map((mount) => ({ name: volume(mount), mountPath: mount }));
  const common = {
    image: imageName,
    imagePullPolicy: 'Never',
    securityContext: container.security ?? restricted,
    volumeMounts,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 2,
      securityContext: { fsGroup: 26, seccompProfile: { type: 'RuntimeDefault' } },
      ...(container.before
        ? { initContainers: [{ ...common, name: 'before', args: ['sh', '-euc', container.before] }] }
        : {}),
      containers: [
        {
          ...common,
          name: 'main',
          args: container.args,
          env: Object.entries(container.env ?? {}).map(([key, value]) => ({ name: key, value })),
        },
      ],
      volumes: (container.mounts ?? []).map((mount) => ({ name: volume(mount), emptyDir: {} })),
    },
  };
}

/** A namespace that enforces the restricted standard. */
export class PodNamespace {
  constructor(
    private readonly cluster: LocalCluster,
    private readonly namespace: string,
  ) {}

  async create(): Promise<void> {
    await this.kubectl(['create', 'namespace', this.namespace]);
    const level = ['enforce=restricted', 'enforce-version=latest'].map(
      (l) => `pod-security.kubernetes.io/${l}`,
    );
    await this.kubectl(['label', 'namespace', this.namespace, ...level]);
  }

  async remove(): Promise<void> {
    await this.kubectl(['delete', 'namespace', this.namespace, '--wait=false']);
  }

  /** Runs the pod to its end. */
  async end(name: string, container: Container): Promise<Ended> {
    await this.kubectl(['apply', '-f', '-'], JSON.stringify(pod(this.namespace, name, container)));
    return until(`pod ${name}`, 100, async () => {
      const status = await this.statusOf(name);
      const terminated = status.containerStatuses?.[0]?.state.terminated;
      if (!terminated) throw new Error(JSON.stringify(status));
      const log = await this.kubectl(['-n', this.namespace, 'logs', name, '-c', 'main']);
      return { code: terminated.exitCode, message: terminated.message ?? '', log };
    });
  }

  private async statusOf(name: string): Promise<PodStatus> {
    const args = ['-n', this.namespace, 'get', 'pod', name, '-o', 'jsonpath={.status}'];
    return JSON.parse(await this.kubectl(args)) as PodStatus;
  }

  private async kubectl(args: string[], input = ''): Promise<string> {
    const running = run(this.cluster.kubectl, ['--kubeconfig', this.cluster.kubeconfig, ...args]);
    running.child.stdin?.end(input);
    return (await running).stdout;
  }
}
