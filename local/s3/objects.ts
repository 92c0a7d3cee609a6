// What the S3 server is in the cluster: a namespace of its own.
import { createAuthority, issue } from '../../provider/live/issuing';
import type { ServerImage } from './program';

export const region = 'eu-central-1';
const labels = { app: 's3' };
const day = 86_400_000;

/** Hosts that pods of the cluster reach; all of them speak TLS on port 443. */
export interface Hosts {
  /** S3. */
  readonly s3: string;
  /** AssumeRoleWithWebIdentity. */
  readonly sts: string;
  /** A server whose certificate has expired. */
  readonly expired: string;
}

export function hostsIn(namespace: string): Hosts {
  return { s3: `s3.${namespace}.svc`, sts: `sts.${namespace}.svc`, expired: `expired.${namespace}.svc` };
}

interface Certificates {
  readonly authority: string;
  /** Keys of a Secret. */
  readonly files: Record<string, string>;
}

function certificates(hosts: Hosts): Certificates {
  const authority = createAuthority('local S3 CA', 3650);
  const leaf = (names: readonly string[], days: number, now: Date) =>
    issue(authority, { commonName: names[0]!, dnsNames: names, usages: ['serverAuth'], days }, now);
  const server = leaf([hosts.s3, `*.${hosts.s3}`, hosts.sts], 365, new Date());
  const expired = leaf([hosts.expired], 1, new Date(Date.now() - 10 * day));
  return {
    authority: authority.certificate,
    files: {
      'ca.crt': authority.certificate,
      'server.crt': server.certificate,
      'server.key': server.key,
      'expired.crt': expired.certificate,
      'expired.key': expired.key,
    },
  };
}

/** The Secret of a new server; `rootPassword` is MinIO's own login. */
export function secret(namespace: string, rootPassword: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's3', namespace },
    stringData: { ...certificates(hostsIn(namespace)).files, rootPassword },
  };
}

export function objects(namespace: string, image: ServerImage): object[] {
  const service = (name: string, port: number, targetPort: number): object => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: labels, ports: [{ port, targetPort, protocol: 'TCP' }] },
  });
  return [
    service('s3', 443, 8443),
    service('sts', 443, 8444),
    service('expired', 443, 8445),
    service('control', 80, 8080),
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 's3', namespace },
      spec: {
        replicas: 1,
        serviceName: 's3',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: pod(image) },
      },
    },
  ];
}

function pod(image: ServerImage): object {
  const pair = (name: string): object[] => [
    { key: `${name}.crt`, path: `${name}/tls.crt` },
    { key: `${name}.key`, path: `${name}/tls.key` },
  ];
  const user = 65535;
  return {
    ...(image.node === undefined ? {} : { nodeName: image.node }),
    terminationGracePeriodSeconds: 5,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 's3',
        image: image.name,
        imagePullPolicy: 'Never',
        env: [
          { name: 'HOME', value: '/data' },
          { name: 'REGION', value: region },
          { name: 'MINIO_ROOT_USER', value: 'root' },
          {
            name: 'MINIO_ROOT_PASSWORD',
            valueFrom: { secretKeyRef: { name: 's3', key: 'rootPassword' } },
          },
        ],
        ports: [8443, 8444, 8445, 8080].map((containerPort) => ({ containerPort })),
        readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1, failureThreshold: 30 },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'certificates', mountPath: '/certificates', readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'data', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
      { name: 'certificates', secret: { secretName: 's3', items: [...pair('server'), ...pair('expired')] } },
    ],
  };
}
