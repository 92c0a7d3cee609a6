/** A namespace with an S3 server of its own, a bucket, and a role that the ServiceAccount of one cluster can take. */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { LocalCluster } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { pkiFile } from '../../local/kubernetes/pki';
import { S3Server } from '../../local/s3/server';
import { accessPolicy } from '../../provider/aws/access-policy';
import { irsaTrust } from '../../provider/aws/trust-policy';
import { removeNamespace } from './namespaces';

export const audience = 'sts.amazonaws.com';
const account = '111122223333';

export class S3Fixture {
  readonly bucket = 'backups';
  readonly prefix: string;
  readonly roleArn: string;
  /** Name of the Secret with the server's CA. */
  readonly caSecret = 's3-ca';

  private constructor(
    readonly server: S3Server,
    readonly kubectl: Kubectl,
    readonly namespace: string,
    /** Name of the cluster, and so of the ServiceAccount that the role is for. */
    readonly cluster: string,
  ) {
    this.prefix = namespace;
    this.roleArn = `arn:aws:iam::${account}:role/${namespace}`;
  }

  static async open(local: LocalCluster, namespace: string, cluster: string): Promise<S3Fixture> {
    const kubectl = new Kubectl(local.kubectl, local.kubeconfig);
    // One that an earlier run has left may just be going.
    await removeNamespace(local.kubeconfig, `${namespace}-s3`);
    const server = await S3Server.up(local, `${namespace}-s3`);
    const fixture = new S3Fixture(server, kubectl, namespace, cluster);
    await server.bucket(fixture.bucket, { versioning: true });
    await fixture.makeNamespace();
    await server.role(fixture.roleArn, await fixture.trust(), fixture.policyOf(fixture.prefix));
    return fixture;
  }

  /** The server goes, and the namespace. */
  async close(): Promise<void> {
    const namespaces = [this.namespace, `${this.namespace}-s3`];
    await this.kubectl.run(['delete', 'namespace', ...namespaces, '--wait=false', '--ignore-not-found']);
  }

  async makeNamespace(): Promise<void> {
    const { namespace, caSecret: name } = this;
    await this.kubectl.apply([
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        stringData: { 'ca.crt': this.server.authority },
      },
    ]);
  }

  /** What a BackupBucket gives its role. */
  policyOf(prefix: string): object {
    return accessPolicy({ partition: 'aws', bucket: this.bucket, prefix });
  }

  private async trust(): Promise<object> {
    const claims = claimsOf(await this.token('default', audience));
    const issuer = String(claims['iss']).replace('https://', '');
    const providerArn = `arn:aws:iam::${account}:oidc-provider/${issuer}`;
    return irsaTrust({ providerArn, audience }, [{ namespace: this.namespace, name: this.cluster }]);
  }

  /** A repository of the bucket, without the part that says who one is. */
  get repository(): Record<string, unknown> {
    const { bucket, prefix, caSecret, server } = this;
    return { type: 's3', bucket, prefix, caSecret, region: server.region, endpoint: server.hosts.s3 };
  }

  get keyless(): Record<string, unknown> {
    return { ...this.repository, keyType: 'web-id', roleArn: this.roleArn, stsHost: this.server.hosts.sts };
  }

  /** A token of a ServiceAccount, from the API server's own issuer. */
  async token(serviceAccount: string, forAudience: string): Promise<string> {
    const args = ['create', 'token', serviceAccount, '-n', this.namespace, '--audience', forAudience];
    return (await this.kubectl.run(args)).trim();
  }
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString('utf8')) as Record<
    string,
    unknown
  >;
}

/** The same token with other claims. With the issuer's own key it is genuine; a key of one's own makes a forgery. */
export function resigned(token: string, claims: Record<string, unknown>, key: 'issuer' | 'own'): string {
  const signer = createPrivateKey(readFileSync(pkiFile('service-account.key'), 'utf8'));
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const payload = Buffer.from(JSON.stringify({ ...claimsOf(token), ...claims })).toString('base64url');
  const text = `${token.split('.')[0]}.${payload}`;
  // The key of the local cluster's issuer is one for ES256.
  const signature = sign('sha256', Buffer.from(text), {
    key: key === 'issuer' ? signer : other,
    dsaEncoding: 'ieee-p1363',
  });
  return `${text}.${signature.toString('base64url')}`;
}
