/** pg_hba.conf and pg_ident.conf. The first rule that fits decides, so the order is the meaning. */
import {
  exporterRole,
  exporterUser,
  poolerRole,
  replicationRole,
  rewindRole,
  superuser,
} from '../cluster/defaults';
import type { ClusterSpec } from '../cluster/spec';

export interface Rule {
  readonly line: string;
  readonly reason: string;
}

/** Rules of pg_hba.conf, in order. */
export function hbaRules(spec: ClusterSpec): Rule[] {
  return [...clusterRules(spec), ...spec.config.hba.map(given), ...closingRules];
}

/** Lines of pg_ident.conf. */
export function identRules(spec: ClusterSpec): Rule[] {
  return [...clusterMaps(spec), ...spec.config.ident.map(given)];
}

/** Names of the maps below; the user's must be others. */
export const ownMaps: readonly string[] = ['cluster', 'socket'];

/** The cluster's own, before the user's. */
export function clusterRules({ metrics }: ClusterSpec): Rule[] {
  const roles = [replicationRole, rewindRole, poolerRole, ...(metrics ? [exporterRole] : [])].join();
  return [
    {
      line: `local all ${superuser} peer`,
      reason: "Patroni, the agent and kubectl exec: the pod's own user, without a password",
    },
    {
      line: `local replication ${replicationRole} peer map=socket`,
      reason: 'Patroni asks its own server for its timeline',
    },
    {
      line: `hostssl replication ${replicationRole} all cert map=cluster`,
      reason: 'streaming, by client certificate',
    },
    {
      line: `hostssl postgres ${rewindRole} all cert map=cluster`,
      reason: 'pg_rewind, and Patroni asking another member',
    },
    {
      line: `hostssl postgres ${poolerRole} all cert map=cluster`,
      reason: "the pooler, for the verifiers of users' passwords",
    },
    ...(metrics ? [exporter] : []),
    { line: `local all ${roles} reject`, reason: 'these roles come by no other way' },
    { line: `host all ${roles} all reject`, reason: 'these roles come by no other way' },
    { line: `host replication ${roles} all reject`, reason: '"all" does not include replication' },
    {
      line: 'hostnossl all all all reject',
      reason: "nothing travels in clear; before the user's lines, so none can allow it",
    },
    { line: 'hostnossl replication all all reject', reason: '"all" does not include replication' },
  ];
}

const exporter: Rule = {
  line: `local all ${exporterRole} peer map=socket`,
  reason: 'the exporter in the same pod, by the socket',
};

const closingRules: readonly Rule[] = [
  { line: 'hostssl all all all scram-sha-256', reason: 'everybody else, by password' },
  { line: 'hostssl replication all all scram-sha-256', reason: 'roles with REPLICATION that the user made' },
  { line: 'local all all scram-sha-256', reason: 'psql -U app in the pod' },
];

export function clusterMaps({ metrics }: ClusterSpec): Rule[] {
  return [
    { line: `cluster ${replicationRole} ${replicationRole}`, reason: "the certificate's common name" },
    { line: `cluster ${replicationRole} ${rewindRole}`, reason: 'the same certificate serves pg_rewind' },
    { line: `cluster ${poolerRole} ${poolerRole}`, reason: "the pooler's certificate" },
    { line: `socket postgres ${replicationRole}`, reason: "the pod's user by the socket" },
    ...(metrics
      ? [{ line: `socket ${exporterUser.name} ${exporterRole}`, reason: 'the user that it runs as' }]
      : []),
  ];
}

function given(line: string): Rule {
  return { line, reason: 'given' };
}
