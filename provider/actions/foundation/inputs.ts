/**
 * What the Foundation is told by the component. All of it is plain data, because it travels
 * through Pulumi's state; the only secret parts are `passwords` and `kubeconfig`, which are
 * echoed under the same key and never leave it in any other form.
 */
import type { ClusterSpec } from '../../cluster/spec';
import type { ConnectionInputs } from '../core/inputs';

export interface FoundationInputs extends ConnectionInputs {
  readonly cluster: string;
  readonly namespace: string;
  /** The normalised spec: the contents of the users' Secrets and the certificates' names are made from it. */
  readonly spec: ClusterSpec;
  /** PersistentVolumeClaims, in the order of the members. */
  readonly volumes: readonly VolumeInput[];
  /** ConfigMaps: NAME-config, NAME-patroni, NAME-scripts. Their contents change in place. */
  readonly configMaps: readonly ConfigMapInput[];
  /** Secrets with a certificate each, issued by the cluster's own CA, whose Secret is made first. Empty entries are not allowed. */
  readonly certificates: readonly CertificateInput[];
  /** One Secret a user, `postgres` first. */
  readonly users: readonly UserInput[];
  /** Given passwords by user name (secret). A user that is not here has a generated password, which is kept. */
  readonly passwords: Readonly<Record<string, string>>;
  /** Name of the Secret with the repositories' paths and what opens them; empty where there are none. */
  readonly repositoriesSecret: string;
  /** Given keys to S3 by pgBackRest's name of the option (secret). */
  readonly repositoryKeys: Readonly<Record<string, string>>;
  readonly deletionPolicy: string;
  /** Put on every object. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface VolumeInput {
  readonly name: string;
  readonly member: string;
  /** `data`, `wal` or `repository`; then `member` is the repository host. */
  readonly purpose: string;
  readonly size: string;
  /** Absent: the Kubernetes cluster's default class. */
  readonly storageClass?: string;
  /** Besides those of all objects. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ConfigMapInput {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

export interface CertificateInput {
  /** Name of the Secret that holds tls.crt, tls.key and ca.crt. */
  readonly secret: string;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** `serverAuth`, `clientAuth`, or both. */
  readonly usages: readonly string[];
  readonly days: number;
}

export interface UserInput {
  readonly name: string;
  readonly secret: string;
}
