/** How a command reaches the cluster: options that every command has, and what it reads of it. */
import { poolerScript, poolersOf } from '../../actions/members/pooler';
import { Connection } from '../../live/client';
import { hasReason } from '../../live/errors';
import type { Endpoints } from '../../live/kinds';
import type { Live } from '../../live/live';
import { connect } from '../../live/objects';
import { containerNames, labels, names } from '../../manifests/names';
import type { Answer, Objects, Service } from './observed';
import type { Work } from './restore-report';

/** Options of every command. */
export interface CommonOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly output?: 'text' | 'json';
}

/** Said to the user in one line, without a stack; `code` is the exit code. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly code: 1 | 2 = 1,
  ) {
    super(message);
  }
}

const container = 'database';
/** A member that has not answered by then is down for whoever asks. */
const answerMs = 5000;

export class Context {
  private constructor(
    readonly live: Live,
    private readonly connection: Connection,
    readonly namespace: string,
  ) {}

  static async open(options: CommonOptions): Promise<Context> {
    const [live, connection] = await Promise.all([connect(options), Connection.open(options)]);
    const { config } = connection;
    const given = options.namespace ?? process.env['PGHA_NAMESPACE'];
    const namespace = given ?? config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';
    return new Context(live, connection, namespace);
  }

  /** The kubeconfig in use, for a terminal session. */
  get config(): Connection['config'] {
    return this.connection.config;
  }

  /** Version of the API server, such as `v1.34.4`. */
  async kubernetesVersion(): Promise<string> {
    const attempt = { verb: 'get', plural: 'version' };
    const text = await this.connection.request({ method: 'GET', path: '/version', attempt });
    return (JSON.parse(text) as { gitVersion: string }).gitVersion;
  }

  /** Names of the clusters in the namespace. */
  async clusters(): Promise<string[]> {
    const sets = await this.live.list('StatefulSet', this.namespace, { labels: labels.cluster });
    return [...new Set(sets.flatMap((set) => set.metadata.labels?.[labels.cluster] ?? []))].sort();
  }

  /** Everything of one cluster; an error that names the ones that exist when there is none of that name. */
  async objects(cluster: string): Promise<Objects> {
    const selector = { labels: `${labels.cluster}=${cluster}` };
    const members = { labels: `${labels.cluster}=${cluster},${labels.component}=postgres` };
    const [statefulSets, pods, poolerPods, services, endpoints] = await Promise.all([
      // Not the repository host's: it is no member.
      this.live.list('StatefulSet', this.namespace, members),
      this.live.list('Pod', this.namespace, members),
      this.live.list('Pod', this.namespace, poolersOf(cluster)),
      this.services(selector.labels),
      this.live.list('Endpoints', this.namespace),
    ]);
    if (statefulSets.length === 0 && pods.length === 0) throw await this.unknown(cluster);
    const own = (one: Endpoints): boolean =>
      one.metadata.name === cluster || one.metadata.name.startsWith(`${cluster}-`);
    return {
      cluster,
      namespace: this.namespace,
      statefulSets,
      pods,
      poolerPods,
      services,
      endpoints: endpoints.filter(own),
    };
  }

  /** What is recorded of work on a cluster; nothing where it may not be read. */
  async work(cluster: string): Promise<Work> {
    const read = async <K extends 'ConfigMap' | 'Lease'>(kind: K, name: string) => {
      try {
        return await this.live.get(kind, this.namespace, name);
      } catch (error) {
        if (hasReason(error, 'Forbidden')) return undefined;
        throw error;
      }
    };
    const [journal, lock] = await Promise.all([
      read('ConfigMap', names.journal(cluster)),
      read('Lease', names.lock(cluster)),
    ]);
    return { journal, lock };
  }

  private async unknown(cluster: string): Promise<CommandError> {
    const known = await this.clusters();
    const here =
      known.length > 0
        ? `Clusters there: ${known.join(', ')}`
        : 'There is none: name another namespace with -n, or another context with --context';
    return new CommandError(`there is no cluster ${cluster} in namespace ${this.namespace}. ${here}.`);
  }

  private async services(selector: string): Promise<Service[]> {
    const path = `/api/v1/namespaces/${this.namespace}/services`;
    const attempt = { verb: 'list', plural: 'services', namespace: this.namespace };
    const query = { labelSelector: selector };
    const text = await this.connection.request({ method: 'GET', path, query, attempt });
    return (JSON.parse(text) as { items: Service[] }).items;
  }

  /** Runs SQL in a member as the superuser, through exec: works from wherever the API server can be reached. */
  async sql(pod: string, sql: string): Promise<string> {
    const command = [...psql, '-Atq', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres', '-c', sql];
    const { code, stdout, stderr } = await this.live.exec(this.namespace, pod, container, command, answerMs);
    if (code !== 0) throw new Error(stderr.trim().split('\n')[0] || `psql ended with ${code}`);
    return stdout.trim();
  }

  /** Asks every running member a real query, and the primary one from each of the pooler's pods. */
  async answers({ pods, poolerPods = [] }: Objects): Promise<Map<string, Answer>> {
    const ask = (of: Objects['pods'], answer: (pod: string) => Promise<Answer>) =>
      of
        .filter((pod) => pod.status?.phase === 'Running')
        .map(async ({ metadata: { name } }) => [name, await answer(name)] as const);
    const asked = [
      ...ask(pods, (pod) => this.answer(pod)),
      ...ask(poolerPods, (pod) => this.poolerAnswer(pod)),
    ];
    return new Map(await Promise.all(asked));
  }

  private async poolerAnswer(pod: string): Promise<Answer> {
    const command = [...poolerScript, 'check'];
    const none = (reason: string): Answer => ({ error: `no answer to a query: ${reason}` });
    try {
      const { code, stderr } = await this.live.exec(
        this.namespace,
        pod,
        containerNames.pooler,
        command,
        answerMs,
      );
      return code === 0 ? { inRecovery: false, version: '' } : none(stderr.trim());
    } catch (error) {
      return none(error instanceof Error ? error.message : String(error));
    }
  }

  private async answer(pod: string): Promise<Answer> {
    try {
      const text = await this.sql(
        pod,
        `select pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('server_version')`,
      );
      const [recovery = '', version = ''] = text.split('|');
      return { inRecovery: recovery === 't', version: version.split(' ')[0]! };
    } catch (error) {
      return { error: `no answer to a query: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}

/** psql as the superuser by the unix socket: no password (config/hba.ts). */
export const psql: readonly string[] = ['psql', '-X', '-h', '/run/postgresql', '-U', 'postgres'];
export const databaseContainer = container;
