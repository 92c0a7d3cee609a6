/**
 * What each certificate of the cluster is for. One description serves both who issues them first
 * (actions/foundation) and who renews them inside the cluster (scripts/, which reads the JSON).
 */
import type { ClusterSpec } from '../cluster/spec';
import { poolerRole, replicationRole } from '../cluster/defaults';
import { names } from '../manifests/names';
import { backupRole } from './pgbackrest';

export interface CertificateProfile {
  /** Secret with `tls.crt`, `tls.key` and `ca.crt`. */
  readonly secret: string;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly usages: readonly ('serverAuth' | 'clientAuth')[];
  readonly days: number;
}

/** The cluster's own CA: valid for ten years, so that it outlives every leaf; who trusts it need not change. */
export const authorityDays = 3650;

/** Certificates that the cluster's own CA issues. A server certificate that the user brings is not among them. */
export function certificateProfiles(spec: ClusterSpec): CertificateProfile[] {
  const replication: CertificateProfile = {
    secret: names.replicationSecret(spec.name),
    commonName: replicationRole,
    dnsNames: [],
    ipAddresses: [],
    usages: ['clientAuth'],
    days: spec.tls.certificateDays,
  };
  return [
    ...(spec.tls.serverSecret === undefined ? [serverProfile(spec)] : []),
    replication,
    ...(spec.repositories.length > 0 ? [backupProfile(spec)] : []),
    ...(spec.pooler ? [poolerProfile(spec)] : []),
  ];
}

/** pgBackRest's own, apart from PostgreSQL's: who has it may read and write backups, and nothing else. */
function backupProfile(spec: ClusterSpec): CertificateProfile {
  const { name, namespace } = spec;
  return {
    secret: names.backupCertificate(name),
    commonName: backupRole,
    dnsNames: [
      `${names.repositoryHost(name)}.${namespace}.svc`,
      `*.${names.membersService(name)}.${namespace}.svc`,
    ],
    ipAddresses: [],
    usages: ['serverAuth', 'clientAuth'],
    days: spec.tls.certificateDays,
  };
}

/** Of a server for clients, and of a client for PostgreSQL, which knows the role by the common name. */
function poolerProfile(spec: ClusterSpec): CertificateProfile {
  const { name, namespace } = spec;
  return {
    secret: names.poolerCertificate(name),
    commonName: poolerRole,
    dnsNames: [...serviceNames(names.pooler(name), namespace), 'localhost'],
    ipAddresses: ['127.0.0.1', '::1'],
    usages: ['serverAuth', 'clientAuth'],
    days: spec.tls.certificateDays,
  };
}

/** For the script that renews: key `certificates.json` of ConfigMap `NAME-patroni`. */
export function certificatesJson(spec: ClusterSpec): string {
  const content = { authority: names.caSecret(spec.name), certificates: certificateProfiles(spec) };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The Secret that the servers' certificate is read from. */
export function serverSecretName(spec: ClusterSpec): string {
  return spec.tls.serverSecret ?? names.serverSecret(spec.name);
}

/**
 * PostgreSQL and Patroni's REST share it. Every name by which a client may call a server is in it, so
 * that `sslmode=verify-full` works through each Service, member by member, and through a port-forward.
 */
function serverProfile(spec: ClusterSpec): CertificateProfile {
  const { name, namespace } = spec;
  const services = [names.primaryService(name), names.replicaService(name), names.anyService(name)];
  const members = names.membersService(name);
  return {
    secret: names.serverSecret(name),
    // Only a label: since RFC 6125 clients compare the alternative names. 64 characters at most (X.520).
    commonName: `${name}.${namespace}`.slice(0, 64),
    dnsNames: [
      ...services.flatMap((service) => serviceNames(service, namespace)),
      // libpq compares a wildcard with the left-most label only, which is what a pod's name is.
      ...serviceNames(members, namespace)
        .slice(2)
        .map((host) => `*.${host}`),
      'localhost',
    ],
    ipAddresses: ['127.0.0.1', '::1'],
    usages: ['serverAuth'],
    days: spec.tls.certificateDays,
  };
}

function serviceNames(service: string, namespace: string): string[] {
  return ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map(
    (rest) => service + rest,
  );
}
