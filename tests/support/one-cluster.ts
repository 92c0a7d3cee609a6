/** One cluster, hippo, in a namespace that outlives its stack: what the tests of its life share. */
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { DeployedCluster } from './cluster';
import { keepLogs } from './logs';
import { TestStack, type PlainClusterArgs } from './stack';

export class OneCluster {
  kubectl!: Kubectl;
  stack!: TestStack;
  private deployed?: DeployedCluster;

  constructor(
    readonly namespace: string,
    readonly members: number,
    private readonly args: PlainClusterArgs,
  ) {}

  /** Its stack, empty, and its namespace. */
  async open(): Promise<void> {
    this.kubectl = new Kubectl((await up()).kubectl, process.env.KUBECONFIG!);
    this.stack = await TestStack.open(this.namespace, process.env.KUBECONFIG!, { namespace: true });
  }

  /** Configuration of the stack: the cluster, with some arguments changed. */
  config(over: PlainClusterArgs = {}): Record<string, string> {
    const clusters = JSON.stringify({ hippo: { ...this.args, ...over } });
    return { namespace: this.namespace, namespaceExists: 'true', clusters };
  }

  get hippo(): DeployedCluster {
    if (!this.deployed) throw new Error('hippo is not up: an earlier test has failed');
    return this.deployed;
  }

  /** Looks at the cluster that `up` has made, and waits until it is whole. Returns the primary. */
  async look(deadline?: number): Promise<string> {
    this.leave();
    this.deployed = await DeployedCluster.of(
      'hippo',
      this.namespace,
      process.env.KUBECONFIG!,
      'hippo-user-app',
    );
    return this.deployed.whole(this.members, deadline);
  }

  /** Looks no more: it is about to go. */
  leave(): void {
    this.deployed?.close();
  }

  /** What kubectl gets, by JSON path. */
  async get(what: string, path: string): Promise<string> {
    return (await this.kubectl.run(['get', what, '-n', this.namespace, '-o', `jsonpath=${path}`])).trim();
  }

  /** The names of what is left of the cluster, of some kinds. */
  left(kinds: string): Promise<string> {
    return this.get(kinds, '{.items[?(@.metadata.labels.postgres-ha\\.dev/cluster=="hippo")].metadata.name}');
  }

  keepLogs(title: string): Promise<void> {
    return keepLogs(this.deployed, title);
  }

  async close(): Promise<void> {
    this.leave();
    await this.stack?.destroy();
    await this.kubectl?.run(['delete', 'namespace', this.namespace, '--wait=false']);
  }
}
