/**
 * Arguments to the one plain description of a cluster: every default filled in, parameter names in
 * lower case, members named. It expects arguments that `validate` found no problem in.
 *
 * What is not known yet stays so, in a form that fits its type: a text, number or boolean is
 * `UNKNOWN`, a list is `[UNKNOWN]`, a map is `{ UNKNOWN: UNKNOWN }`. So whatever text is made of it
 * contains UNKNOWN, and nobody has to ask first.
 */
import { memberNames } from '../manifests/names';
import { backupsOf } from './normalise-backups';
import { AntiAffinity, DeletionPolicy, PoolMode, RemovedData, RestartPolicy, Synchronous } from './args';
import {
  defaultCertificateDays,
  defaultDatabase,
  defaultImage,
  defaultMemory,
  defaultMetrics,
  defaultPatroni,
  defaultPooler,
  defaultPostgresVersion,
  defaultStorageSize,
  superuser,
} from './defaults';
import type { ResolvedArgs, ResolvedUser } from './resolved';
import { isUnknown, UNKNOWN } from './spec';
import type {
  ClusterSpec,
  DatabaseSpec,
  MetricsSpec,
  PoolerSpec,
  TolerationSpec,
  UserSpec,
  VolumeSpec,
} from './spec';

export function normalise(name: string, args: ResolvedArgs): ClusterSpec {
  const databases = (args.databases ?? []).map(database);
  return {
    name,
    namespace: args.namespace ?? 'default',
    members: memberNames(name, args.replicas ?? 1, args.remove ?? []),
    synchronous: { mode: args.synchronous ?? Synchronous.async, number: args.synchronousNumber ?? 1 },
    postgresVersion: args.postgresVersion ?? defaultPostgresVersion,
    image: {
      name: args.image ?? defaultImage,
      pullPolicy: args.imagePullPolicy ?? 'IfNotPresent',
      pullSecrets: list(args.imagePullSecrets),
    },
    users: (args.users ?? []).map((user) => userOf(user, databases)),
    databases,
    config: {
      parameters: parameterMap(args.config?.parameters),
      memberParameters: memberMap(args.config?.memberParameters),
      hba: list(args.config?.hba),
      ident: list(args.config?.ident),
    },
    patroni: {
      ttl: args.patroni?.ttl ?? defaultPatroni.ttl,
      loopWait: args.patroni?.loopWait ?? defaultPatroni.loopWait,
      retryTimeout: args.patroni?.retryTimeout ?? defaultPatroni.retryTimeout,
      failsafeMode: args.patroni?.failsafeMode ?? defaultPatroni.failsafeMode,
      maximumLagOnFailover: args.patroni?.maximumLagOnFailover ?? defaultPatroni.maximumLagOnFailover,
    },
    storage: volume(args.storage),
    ...present({ walStorage: args.walStorage && volume(args.walStorage) }),
    ...backupsOf(name, args),
    ...present({ pooler: args.pooler && pooler(args.pooler) }),
    ...present({ metrics: args.metrics && metrics(args.metrics, databases) }),
    resources: {
      cpu: args.resources?.cpu ?? '100m',
      ...present({ cpuLimit: args.resources?.cpuLimit }),
      memory: args.resources?.memory ?? defaultMemory,
    },
    scheduling: {
      nodeSelector: map(args.scheduling?.nodeSelector),
      tolerations: list(args.scheduling?.tolerations).map(toleration),
      antiAffinity: args.scheduling?.antiAffinity ?? AntiAffinity.preferred,
      topologyKey: args.scheduling?.topologyKey ?? 'topology.kubernetes.io/zone',
      ...present({ priorityClass: args.scheduling?.priorityClass }),
    },
    service: {
      type: args.service?.type ?? 'ClusterIP',
      annotations: map(args.service?.annotations),
    },
    networkPolicy: {
      enabled: args.networkPolicy?.enabled ?? true,
      ...present({
        fromNamespaces: args.networkPolicy?.fromNamespaces && map(args.networkPolicy.fromNamespaces),
        fromPods: args.networkPolicy?.fromPods && map(args.networkPolicy.fromPods),
      }),
    },
    tls: {
      ...present({ serverSecret: args.tls?.serverSecret }),
      certificateDays: args.tls?.certificateDays ?? defaultCertificateDays,
    },
    metadata: { labels: map(args.metadata?.labels), annotations: map(args.metadata?.annotations) },
    deletionPolicy: args.deletionPolicy ?? DeletionPolicy.retain,
    removedData: args.removedData ?? RemovedData.retain,
    restartPolicy: args.restartPolicy ?? RestartPolicy.rolling,
  };
}

function database(args: NonNullable<ResolvedArgs['databases']>[number]): DatabaseSpec {
  return { name: args.name, owner: args.owner ?? superuser, extensions: list(args.extensions) };
}

/** Without a list of databases, a user gets those that it owns: what most people mean by giving both. */
function userOf(args: ResolvedUser, databases: readonly DatabaseSpec[]): UserSpec {
  const given = list(args.databases);
  return {
    name: args.name,
    databases: given.length > 0 ? given : ownedBy(args.name, databases),
    options: list(args.options).map((option) => option.toUpperCase()),
    ...present({ connectionLimit: args.connectionLimit }),
  };
}

function ownedBy(user: string, databases: readonly DatabaseSpec[]): string[] {
  const undecided =
    databases.some(({ owner }) => isUnknown(owner)) || (isUnknown(user) && databases.length > 0);
  if (undecided) return [UNKNOWN];
  const owned = databases.filter(({ owner }) => owner === user).map(({ name }) => name);
  return owned.length > 0 ? owned : [defaultDatabase];
}

function volume(args: ResolvedArgs['storage']): VolumeSpec {
  return { size: args?.size ?? defaultStorageSize, ...present({ storageClass: args?.storageClass }) };
}

function pooler(args: NonNullable<ResolvedArgs['pooler']>): PoolerSpec {
  return {
    replicas: args.replicas ?? defaultPooler.replicas,
    mode: args.mode ?? PoolMode.transaction,
    poolSize: args.poolSize ?? defaultPooler.poolSize,
    maxClientConnections: args.maxClientConnections ?? defaultPooler.maxClientConnections,
    parameters: parameterMap(args.parameters),
    resources: {
      cpu: args.resources?.cpu ?? defaultPooler.cpu,
      memory: args.resources?.memory ?? defaultPooler.memory,
    },
  };
}

function metrics(
  args: NonNullable<ResolvedArgs['metrics']>,
  databases: readonly DatabaseSpec[],
): MetricsSpec {
  return {
    database: args.database ?? databases[0]?.name ?? defaultDatabase,
    resources: {
      cpu: args.resources?.cpu ?? defaultMetrics.cpu,
      memory: args.resources?.memory ?? defaultMetrics.memory,
    },
  };
}

function toleration(args: TolerationSpec): TolerationSpec {
  if (isUnknown(args)) return { key: UNKNOWN, value: UNKNOWN };
  const { key, operator, value, effect, tolerationSeconds } = args;
  return present({ key, operator, value, effect, tolerationSeconds });
}

/** PostgreSQL folds names of parameters to lower case, and Patroni's dictionary ignores case as well. */
function parameterMap(given: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map(given)).map(([name, value]) => [isUnknown(name) ? name : name.toLowerCase(), value]),
  );
}

function memberMap(given: Record<string, Record<string, string>> | undefined) {
  if (isUnknown(given)) return { [UNKNOWN]: { [UNKNOWN]: UNKNOWN } };
  return Object.fromEntries(
    Object.entries(given ?? {}).map(([member, parameters]) => [member, parameterMap(parameters)]),
  );
}

function list<T>(given: readonly T[] | undefined): T[] {
  if (isUnknown(given)) return [UNKNOWN as T];
  return [...(given ?? [])];
}

/** Keys in order, values as text: programs in YAML give numbers and booleans where text is meant. */
function map(given: Readonly<Record<string, string>> | undefined): Record<string, string> {
  if (isUnknown(given)) return { [UNKNOWN]: UNKNOWN };
  const entries = Object.entries(given ?? {}).map(([key, value]): [string, string] => [key, String(value)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Without the keys whose value is undefined, so that a spec is the same through JSON. */
function present<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
