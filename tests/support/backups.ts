/** What the tests of backups do to a cluster: `pgha`, Jobs of schedules by hand, its repository host, what is published. */
import assert from 'node:assert/strict';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { up } from '../../local/kubernetes/cluster';
import { until } from '../../local/until';
import { published, type PublishedRepository } from '../../provider/cmd/pgha/backup-report';
import { run } from '../../provider/cmd/pgha/program';
import { names, podName } from '../../provider/manifests/names';
import type { DeployedCluster } from './cluster';

export class Backups {
  private constructor(
    readonly kubectl: Kubectl,
    private readonly namespace: string,
    private readonly kubeconfig: string,
  ) {}

  static async in(namespace: string, kubeconfig: string): Promise<Backups> {
    return new Backups(new Kubectl((await up()).kubectl, kubeconfig), namespace, kubeconfig);
  }

  /** What a command of `pgha` prints; it must end with that code. */
  async pgha(args: readonly string[], code = 0): Promise<string> {
    let text = '';
    const write = (more: string): void => void (text += more);
    const common = ['-n', this.namespace, '--kubeconfig', this.kubeconfig];
    assert.equal(await run([...args, ...common], { write, colour: false }, write), code, text);
    return text;
  }

  /** What the Jobs have published of repository 1. */
  async published({ live, name }: DeployedCluster): Promise<PublishedRepository | undefined> {
    const map = await live.get('ConfigMap', this.namespace, names.backups(name));
    return published(map?.data).find(({ repository }) => repository === 1);
  }

  /** What a schedule would do, now. A test restore's Job is gone, with its volume, once it went well. */
  async runNow(cronJob: string): Promise<void> {
    const job = `${cronJob}-${Date.now().toString(36)}`;
    await this.kubectl.run(['create', 'job', job, '-n', this.namespace, `--from=cronjob/${cronJob}`]);
    const state = 'jsonpath={.kind}{.status.succeeded}{.status.failed}';
    const get = ['get', 'job', job, '-n', this.namespace, '--ignore-not-found', '-o', state];
    await until(`${job} has ended`, 150, async () => /^$|[1-9]/.test(await this.kubectl.run(get)));
  }

  /** Takes the repository host away (0), or brings it back (1). */
  async scaleHost(replicas: 0 | 1): Promise<void> {
    const { namespace } = this;
    await this.kubectl.run(['scale', 'statefulset', 'hippo-repo', '-n', namespace, `--replicas=${replicas}`]);
    const wait = replicas === 0 ? '--for=delete' : '--for=condition=Ready';
    await until('the repository host', 90, async () => {
      await this.kubectl.run(['wait', '-n', namespace, wait, 'pod/hippo-repo-0', '--timeout=60s']);
      return true;
    });
  }

  /** A script in the repository host's pod. */
  async onHost(script: string): Promise<string> {
    const command = ['exec', 'hippo-repo-0', '-n', this.namespace, '--', 'sh', '-euc', script];
    return (await this.kubectl.run(command)).trim();
  }
}

/** State of the archive by repository, as the primary's agent publishes it: `ok`, or pgBackRest's words. */
export async function archiveOf(cluster: DeployedCluster): Promise<Readonly<Record<string, string>>> {
  return (await statusOf(cluster)).archive ?? {};
}

/** Gaps in the archive that no backup has closed, in the words of the primary's agent. */
export async function gapsOf(cluster: DeployedCluster): Promise<readonly string[]> {
  return (await statusOf(cluster)).gaps ?? [];
}

/** Until nothing waits any more, and that is published. */
export async function archived(cluster: DeployedCluster, seconds: number): Promise<void> {
  const waiting = `select count(*) from pg_ls_archive_statusdir() where name like '%.ready'`;
  await until('all WAL archived', seconds, async () => {
    const pod = podName(await cluster.primary());
    return (await cluster.sql(pod, waiting)) === '0' && (await archiveOf(cluster))['1'] === 'ok';
  });
}

interface AgentStatus {
  readonly archive?: Readonly<Record<string, string>>;
  readonly gaps?: readonly string[];
}

async function statusOf(cluster: DeployedCluster): Promise<AgentStatus> {
  const { annotations } = (await cluster.pod(await cluster.primary())).metadata;
  return JSON.parse(annotations?.['postgres-ha.dev/status'] ?? '{}') as AgentStatus;
}
