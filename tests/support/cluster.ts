/** A cluster that a test has deployed: its members, ways to write to it, and whether it is whole. */
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../local/until';
import type { Pod } from '../../provider/live/kinds';
import { Connection as ApiConnection } from '../../provider/live/client';
import type { Live } from '../../provider/live/live';
import { connect } from '../../provider/live/objects';
import { dcs } from '../../provider/live/patroni';
import { labels, memberOfPod, podName } from '../../provider/manifests/names';
import type { Endpoint } from './connection';
import { hostList, single, type Target } from './targets';

const port = 5432;
const refresh = 500;

export class DeployedCluster {
  /** The last known address of each member: kept while the API server is away. */
  private readonly addresses = new Map<string, string>();
  private following = true;

  private constructor(
    readonly name: string,
    readonly namespace: string,
    readonly kubeconfig: string,
    readonly live: Live,
    private readonly login: Omit<Endpoint, 'host' | 'port'>,
    private readonly serviceAddress: string,
  ) {}

  /** Looks at a cluster that is up, with the credentials of `user`'s Secret. */
  static async of(
    name: string,
    namespace: string,
    kubeconfig: string,
    secretName: string,
  ): Promise<DeployedCluster> {
    const live = await connect({ kubeconfig });
    const secret = await live.get('Secret', namespace, secretName);
    if (!secret) throw new Error(`there is no Secret ${secretName} in namespace ${namespace}`);
    const value = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
    const login = {
      user: value('user'),
      password: value('password'),
      database: value('dbname'),
      ca: value('ca.crt'),
      serverName: value('host'),
    };
    const address = await serviceAddress(kubeconfig, namespace, name);
    const cluster = new DeployedCluster(name, namespace, kubeconfig, live, login, address);
    await cluster.look();
    void cluster.follow();
    return cluster;
  }

  close(): void {
    this.following = false;
  }

  private async follow(): Promise<void> {
    while (this.following) {
      await pause(refresh);
      // The API server is away: the last known addresses stay.
      await this.look().catch(() => {});
    }
  }

  private async look(): Promise<void> {
    for (const pod of await this.pods()) {
      const member = memberOfPod(pod.metadata.name);
      if (member && pod.status?.podIP) this.addresses.set(member, pod.status.podIP);
    }
  }

  pods(): Promise<Pod[]> {
    const selector = { labels: `${labels.cluster}=${this.name},${labels.component}=postgres` };
    return this.live.list('Pod', this.namespace, selector);
  }

  /** The pod of a member, which must be there. */
  async pod(member: string): Promise<Pod> {
    const pod = await this.live.get('Pod', this.namespace, podName(member));
    if (!pod) throw new Error(`there is no pod of ${member}`);
    return pod;
  }

  /** Through the primary's Service. */
  get service(): Target {
    return single('Service', { ...this.login, host: this.serviceAddress, port });
  }

  /** Through a list of all members, of which the first that is read-write is taken. */
  get members(): Target {
    return hostList('host list', () =>
      Promise.resolve([...this.addresses.values()].map((host) => ({ ...this.login, host, port }))),
    );
  }

  /** Straight to each member. */
  memberTargets(): Target[] {
    return [...this.addresses.keys()].sort().map((member) =>
      single(member, () => {
        const host = this.addresses.get(member);
        return host ? Promise.resolve({ ...this.login, host, port }) : Promise.reject(new Error('no pod'));
      }),
    );
  }

  /** The member that PostgreSQL itself says is primary, asked through the Service. */
  async primary(): Promise<string> {
    const connection = await this.service.open(3000);
    try {
      const text = `select host(inet_server_addr()) as address, pg_is_in_recovery() as standby`;
      const { rows } = await connection.query(text, [], 3000);
      const found = [...this.addresses].find(([, address]) => address === rows[0]?.address);
      if (!found || rows[0]?.standby) throw new Error(`${rows[0]?.address} is no primary`);
      return found[0];
    } finally {
      connection.destroy();
    }
  }

  /** A replica that holds every acknowledged commit, so that it may be promoted. */
  async syncStandby(): Promise<string> {
    const sync = await this.live.get('Endpoints', this.namespace, `${this.name}-sync`);
    const [first] = dcs(undefined, undefined, sync).synchronous;
    if (!first) throw new Error('there is no synchronous replica');
    return first;
  }

  /** A member that is not the primary. */
  async replica(): Promise<string> {
    const primary = await this.primary();
    return [...this.addresses.keys()].sort().find((member) => member !== primary)!;
  }

  /**
   * Waits until the cluster is whole: every pod ready, one primary, all others streaming from
   * it on its timeline. Returns the primary.
   */
  async whole(count: number, deadline = 180_000): Promise<string> {
    const whole = async (): Promise<string> => {
      const missing = await this.missing(count);
      if (missing) throw new Error(missing);
      return this.primary();
    };
    return until(`making ${this.name} whole`, deadline / 1000, whole, 300);
  }

  /** What is not as it should be, or undefined. */
  private async missing(count: number): Promise<string | undefined> {
    const pods = await this.pods();
    const ready = pods.filter((pod) =>
      pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
    );
    if (ready.length !== count) return `${ready.length} of ${count} pods are ready`;
    const primaries = pods.filter((pod) => pod.metadata.labels?.[labels.role] === 'primary');
    if (primaries.length !== 1) return `${primaries.length} pods are labelled primary`;
    const primary = primaries[0]!.metadata.name;
    if (podName(await this.primary()) !== primary) return 'the Service does not lead to the labelled primary';
    const streaming = await this.sql(
      primary,
      `select count(*) from pg_stat_replication where state = 'streaming' and application_name <> ''`,
    );
    // Until Patroni has written who is synchronous, it rightly promotes nobody: a fault now is a second one.
    const sync = await this.live.get('Endpoints', this.namespace, `${this.name}-sync`);
    const { leader, sync_standby: standbys } = sync?.metadata.annotations ?? {};
    if (count > 1 && leader !== undefined && (leader !== primary || !standbys))
      return `the synchronous replicas of ${primary} are not settled yet`;
    if (Number(streaming) !== count - 1) return `${streaming} of ${count - 1} replicas stream`;
    return this.unknownToLeader(pods);
  }

  /**
   * Where the API server is away, the primary goes on as long as all members answer at the addresses that it has last
   * noted (failsafe mode). Of a pod that has just come it notes the address in its next round.
   */
  private async unknownToLeader(pods: readonly Pod[]): Promise<string | undefined> {
    const leader = await this.live.get('Endpoints', this.namespace, this.name);
    const noted = leader?.metadata.annotations?.['failsafe'];
    if (noted === undefined) return undefined;
    const urls = JSON.parse(noted) as Record<string, string>;
    const unknown = pods.filter(({ metadata, status }) => {
      const url = urls[metadata.name];
      return url === undefined || new URL(url).hostname.replace(/[[\]]/g, '') !== status?.podIP;
    });
    const [first] = unknown;
    return first && `the leader does not know yet where ${first.metadata.name} is`;
  }

  /** SQL as the superuser, by the socket of a pod. */
  async sql(pod: string, text: string, deadline = 10_000): Promise<string> {
    const command = [
      'psql',
      '-XAtq',
      '-h',
      '/run/postgresql',
      '-U',
      'postgres',
      '-d',
      'postgres',
      '-c',
      text,
    ];
    const { code, stdout, stderr } = await this.live.exec(this.namespace, pod, 'database', command, deadline);
    if (code !== 0) throw new Error(`psql in ${pod} ended with ${code}: ${stderr}`);
    return stdout.trim();
  }
}

/** live/ knows no Services: an action never needs one. */
async function serviceAddress(kubeconfig: string, namespace: string, name: string): Promise<string> {
  const api = await ApiConnection.open({ kubeconfig });
  const text = await api.request({
    method: 'GET',
    path: `/api/v1/namespaces/${namespace}/services/${name}`,
    attempt: { verb: 'get', plural: 'services', namespace, name },
  });
  return (JSON.parse(text) as { spec: { clusterIP: string } }).spec.clusterIP;
}
