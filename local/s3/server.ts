// S3 and STS inside the local cluster: brought up, prepared and, for tests, broken.
import { randomBytes } from 'node:crypto';
import { type LocalCluster } from '../kubernetes/cluster';
import { Kubectl } from '../kubernetes/kubectl';
import { hostsIn, objects, region, secret, type Hosts } from './objects';
import { serverImage } from './program';

/** What is wrong with the way to S3. */
export interface Fault {
  /** Milliseconds that each answer takes longer. Default: 0. */
  readonly delayMs?: number;
  /** `refuse`: connections are cut and refused. `hang`: nothing is answered any more. Default: neither. */
  readonly down?: 'refuse' | 'hang';
}

export interface Login {
  readonly key: string;
  readonly secret: string;
  readonly token?: string;
}

export type Call = 'list' | 'get' | 'put' | 'delete' | 'suspend-versioning' | 'delete-bucket';

export interface StoredObject {
  readonly key: string;
  readonly version: string;
  readonly latest: boolean;
  readonly deleted: boolean;
  readonly size: number;
}

export class S3Server {
  readonly region = region;

  private constructor(
    readonly hosts: Hosts,
    /** PEM of the CA of its certificates. */
    readonly authority: string,
    private readonly control: string,
  ) {}

  /** The server that runs in a namespace, or a new one. Its role and its faults are for all who use it. */
  static async up(cluster: LocalCluster, namespace: string): Promise<S3Server> {
    const kubectl = new Kubectl(cluster.kubectl, cluster.kubeconfig);
    const image = await serverImage();
    await kubectl.apply([
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      },
    ]);
    const find = (): Promise<string> =>
      kubectl.run([
        'get',
        'secret',
        's3',
        '-n',
        namespace,
        '--ignore-not-found',
        '-o',
        'jsonpath={.data.ca\\.crt}',
      ]);
    // Whoever has its CA already goes on with it.
    if ((await find()) === '')
      await kubectl.apply([secret(namespace, randomBytes(24).toString('base64url'))]);
    await kubectl.apply(objects(namespace, image));
    await kubectl.run(['rollout', 'status', 'statefulset/s3', '-n', namespace, '--timeout=180s']);
    const address = ['get', 'service', 'control', '-n', namespace, '-o', 'jsonpath={.spec.clusterIP}'];
    const server = new S3Server(
      hostsIn(namespace),
      Buffer.from(await find(), 'base64').toString('utf8'),
      `http://${await kubectl.run(address)}`,
    );
    await server.fault({});
    return server;
  }

  async bucket(name: string, options: { versioning?: boolean; objectLock?: boolean } = {}): Promise<void> {
    await this.ask('PUT', '/bucket', { name, ...options });
  }

  /** A user with a key, and a policy of its own. */
  async user(login: Login, policy: object): Promise<void> {
    const name = `of-${login.key}`;
    await this.ask('PUT', `/policy?name=${name}`, policy);
    await this.ask('PUT', `/user?policy=${name}`, login);
  }

  /** The role: there is one, whose policy is what its credentials may do. */
  async role(arn: string, trust: object, policy: object): Promise<void> {
    await this.ask('PUT', '/policy?name=role', policy);
    await this.ask('PUT', '/role', { arn, trust });
  }

  /** The GET that pgBackRest sends to the STS; an error has the STS' own text. */
  async assume(roleArn: string, token: string): Promise<Login> {
    const query = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: roleArn,
      RoleSessionName: 'test',
      Version: '2011-06-15',
      WebIdentityToken: token,
    });
    const { status, body } = (await this.ask('GET', `/assume?${query.toString()}`)) as {
      status: number;
      body: string;
    };
    const text = (tag: string): string => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(body)?.[1] ?? '';
    if (status !== 200) throw new Error(`${status} ${text('Code')}: ${text('Message')}`);
    return { key: text('AccessKeyId'), secret: text('SecretAccessKey'), token: text('SessionToken') };
  }

  /** One call as somebody: "ok", or the code of S3's error. */
  async attempt(login: Login, call: Call, bucket: string, object = '', version = ''): Promise<string> {
    return (await this.ask('POST', '/try', { ...login, call, bucket, object, version })) as string;
  }

  /** Every version of every object below a prefix. */
  async stored(bucket: string, prefix: string): Promise<StoredObject[]> {
    const query = new URLSearchParams({ bucket, prefix }).toString();
    return (await this.ask('GET', `/objects?${query}`)) as StoredObject[];
  }

  /** Breaks the way to S3, or heals it. */
  async fault(fault: Fault): Promise<void> {
    await this.ask('PUT', '/fault', { delayMs: fault.delayMs ?? 0, down: fault.down ?? '' });
  }

  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.control}${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path.split('?')[0]} of the S3 server: ${text.trim()}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }
}
