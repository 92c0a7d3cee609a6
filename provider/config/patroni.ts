/** Signatures first; content follows within the hour. */
import { stringify } from 'yaml';
import type { ClusterSpec } from '../cluster/spec';
import { parameterValues } from './parameters';

/** Patroni's own file: key `patroni.yml` of ConfigMap `NAME-patroni`. */
export function patroniYaml(spec: ClusterSpec): string {
  return stringify({ scope: spec.name });
}

/** Patroni's dynamic configuration, whole: key `dcs.yaml` of ConfigMap `NAME-config`. */
export function dcsYaml(spec: ClusterSpec): string {
  return stringify({ postgresql: { parameters: parameterValues(spec) } });
}

/** Parameters of single members: key `members.yaml` of ConfigMap `NAME-config`. */
export function membersYaml(spec: ClusterSpec): string {
  return stringify(spec.config.memberParameters);
}

/** Users and databases: key `databases.yaml` of ConfigMap `NAME-config`. */
export function databasesYaml(spec: ClusterSpec): string {
  return stringify({ users: spec.users, databases: spec.databases });
}
