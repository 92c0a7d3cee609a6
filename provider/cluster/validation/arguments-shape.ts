/**
 * The shape of `PostgresClusterArgs`. Secret arguments are here for their names only: they do not come this way.
 * tests/unit/cluster/arguments-shape.test.ts compares its keys with args.ts.
 */
import {
  AntiAffinity,
  BackupType,
  Compression,
  DeletionPolicy,
  RemovedData,
  RestartPolicy,
  KeyType,
  PoolMode,
  RepositoryType,
  Synchronous,
  UriStyle,
} from '../args';
import { maximumReplicas, postgresVersions } from '../defaults';
import type { Shape } from './shape';

const text: Shape = { kind: 'text' };
const flag: Shape = { kind: 'flag' };
const texts: Shape = { kind: 'list', item: text };
const labels: Shape = { kind: 'map', value: text };
// "on", 100 and true are all ways to write a setting.
const settings: Shape = { kind: 'map', value: { kind: 'scalar' } };

function choice(values: readonly (string | number)[]): Shape {
  return { kind: 'choice', values };
}

function whole(least: number, most?: number, of?: string): Shape {
  return {
    kind: 'whole',
    least,
    ...(most === undefined ? {} : { most }),
    ...(of === undefined ? {} : { of }),
  };
}

function object(fields: Record<string, Shape>, required: readonly string[] = []): Shape {
  return { kind: 'object', plain: true, fields, required };
}

const volume = object({ size: text, storageClass: text });

const user = object(
  { name: text, password: text, databases: texts, options: texts, connectionLimit: whole(1) },
  ['name'],
);

const database = object({ name: text, owner: text, extensions: texts }, ['name']);

const repository = object(
  {
    type: { ...choice(Object.values(RepositoryType)), plain: true },
    size: text,
    storageClass: text,
    bucket: text,
    region: text,
    endpoint: text,
    prefix: text,
    uriStyle: choice(Object.values(UriStyle)),
    caSecret: text,
    verifyTls: flag,
    keyType: choice(Object.values(KeyType)),
    roleArn: text,
    stsHost: text,
    credentialsSecret: text,
    key: text,
    keySecret: text,
    // pgBackRest's own greatest (build/config.yaml, repo-retention-full).
    retention: object({ full: whole(1, 9999999), days: whole(1, 9999999, 'days'), diff: whole(1, 9999999) }),
  },
  ['type'],
);

const schedule = object(
  {
    type: { ...choice(Object.values(BackupType)), plain: true },
    repository: { ...whole(1), plain: true },
    cron: text,
    timeZone: text,
  },
  ['type', 'cron'],
);

const when = { repository: { ...whole(1), plain: true }, cron: text, timeZone: text };
const verification = object(when, ['cron']);
const trial = object({ ...when, size: text, storageClass: text, query: text, database: text }, ['cron']);

const toleration: Shape = {
  kind: 'object',
  fields: {
    key: text,
    operator: choice(['Equal', 'Exists']),
    value: text,
    effect: choice(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
    tolerationSeconds: whole(0, undefined, 'seconds'),
  },
};

export const argumentsShape: Shape = object({
  namespace: text,
  replicas: { ...whole(0, maximumReplicas), plain: true },
  remove: { ...texts, plain: true },
  synchronous: choice(Object.values(Synchronous)),
  synchronousNumber: whole(1, maximumReplicas, 'replicas'),
  postgresVersion: choice(postgresVersions),
  image: text,
  imagePullPolicy: choice(['Always', 'IfNotPresent', 'Never']),
  imagePullSecrets: texts,
  users: { kind: 'list', plain: true, item: user },
  databases: { kind: 'list', plain: true, item: database },
  config: object({
    parameters: settings,
    memberParameters: { kind: 'map', value: settings },
    hba: texts,
    ident: texts,
  }),
  patroni: object({
    // Less is raised by Patroni without a word (patroni/config.py, _validate_and_adjust_timeouts).
    ttl: whole(20, 3600, 'seconds'),
    loopWait: whole(1, 3600, 'seconds'),
    retryTimeout: whole(3, 3600, 'seconds'),
    failsafeMode: flag,
    maximumLagOnFailover: whole(0, undefined, 'bytes'),
  }),
  storage: volume,
  walStorage: volume,
  repositories: { kind: 'list', plain: true, item: repository },
  schedules: { kind: 'list', plain: true, item: schedule },
  backup: object({
    cipher: flag,
    cipherSecret: text,
    compression: choice(Object.values(Compression)),
    processes: whole(1, 64, 'processes'),
    verify: { kind: 'list', plain: true, item: verification },
    testRestore: { kind: 'list', plain: true, item: trial },
  }),
  restoreFrom: object({
    cluster: text,
    path: text,
    cipherSecret: text,
    repository: whole(1),
    backup: text,
    time: text,
    lsn: text,
    xid: text,
    name: text,
    immediate: flag,
    timeline: text,
    untilGap: flag,
  }),
  pooler: object({
    replicas: whole(1, 20),
    mode: choice(Object.values(PoolMode)),
    poolSize: whole(1, undefined, 'connections'),
    maxClientConnections: whole(1, undefined, 'clients'),
    parameters: settings,
    resources: object({ cpu: text, memory: text }),
  }),
  metrics: object({ database: text, resources: object({ cpu: text, memory: text }) }),
  resources: object({ cpu: text, cpuLimit: text, memory: text }),
  scheduling: object({
    nodeSelector: labels,
    tolerations: { kind: 'list', item: toleration },
    antiAffinity: choice(Object.values(AntiAffinity)),
    topologyKey: text,
    priorityClass: text,
  }),
  service: object({ type: choice(['ClusterIP', 'NodePort', 'LoadBalancer']), annotations: labels }),
  networkPolicy: object({ enabled: { ...flag, plain: true }, fromNamespaces: labels, fromPods: labels }),
  tls: object({ serverSecret: text, certificateDays: whole(1, 825, 'days') }),
  metadata: object({ labels, annotations: labels }),
  deletionPolicy: choice(Object.values(DeletionPolicy)),
  removedData: choice(Object.values(RemovedData)),
  restartPolicy: choice(Object.values(RestartPolicy)),
  superuserPassword: text,
  approvedPlan: text,
  kubeconfig: text,
  context: text,
});
