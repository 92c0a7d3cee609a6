/** The identity of a cluster's pods, and the least that it may do. */
import type { ClusterSpec } from '../cluster/spec';
import { roleArnOf } from './cloud-identity';
import { metadata } from './metadata';
import { memberNames, names, podName, userSecret } from './names';
import { maximumReplicas } from '../cluster/defaults';

/** One for members, repository host and jobs, so that a role on AWS can be exact about who takes it on. */
export function serviceAccount(spec: ClusterSpec) {
  const roleArn = roleArnOf(spec);
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(
      spec,
      names.serviceAccount(spec.name),
      'postgres',
      // What EKS' webhook reads, and whoever asks which role this is; the pods have it already (cloud-identity.ts).
      roleArn === undefined ? {} : { 'eks.amazonaws.com/role-arn': roleArn },
    ),
    automountServiceAccountToken: false,
    ...(spec.image.pullSecrets.length > 0
      ? { imagePullSecrets: spec.image.pullSecrets.map((name) => ({ name })) }
      : {}),
  };
}

/**
 * Rights of members. Patroni reads its state by list and watch of the namespace's pods and
 * Endpoints with a label selector, which RBAC can't narrow by name; everything that writes
 * or shows contents is narrowed to the cluster's own names, except create, which has no
 * name yet (patroni/dcs/kubernetes.py, Patroni 4.1).
 */
export function role(spec: ClusterSpec) {
  const { name } = spec;
  const leader = names.primaryService(name);
  const endpoints = [leader, ...names.dcsServices(name)];
  const userSecrets = ['postgres', ...spec.users.map((user) => user.name)].map((user) =>
    userSecret(name, user),
  );
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata(spec, names.role(name), 'postgres'),
    rules: [
      { apiGroups: [''], resources: ['endpoints'], verbs: ['list', 'watch', 'create'] },
      { apiGroups: [''], resources: ['endpoints'], resourceNames: endpoints, verbs: ['get', 'patch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
      {
        apiGroups: [''],
        resources: ['pods'],
        resourceNames: possiblePods(spec),
        verbs: ['get', 'patch'],
      },
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: [names.configMap(name)],
        verbs: ['get', 'list', 'watch'],
      },
      { apiGroups: [''], resources: ['secrets'], resourceNames: userSecrets, verbs: ['get'] },
      ...(spec.repositories.length > 0
        ? [
            {
              apiGroups: [''],
              resources: ['configmaps'],
              resourceNames: [names.backups(name)],
              verbs: ['get', 'patch'],
            },
          ]
        : []),
    ],
  };
}

/**
 * Pods of every member that there can be, not only of those that shall be: a member that leaves still
 * hands over and writes its record after the Role was changed, and Pulumi changes it first.
 */
function possiblePods(spec: ClusterSpec): string[] {
  const numbered = memberNames(spec.name, maximumReplicas, []);
  return [...new Set([...numbered, ...spec.members])].map(podName);
}

export function roleBinding(spec: ClusterSpec) {
  return binding(spec, names.role(spec.name), names.serviceAccount(spec.name), 'postgres');
}

/** The renewal may read and write the certificates of this cluster, and nothing else. */
export function renewalRole(spec: ClusterSpec) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata(spec, names.renewal(spec.name), 'certificates'),
    rules: [
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: [
          names.serverSecret(spec.name),
          names.replicationSecret(spec.name),
          ...(spec.repositories.length > 0 ? [names.backupCertificate(spec.name)] : []),
          ...(spec.pooler ? [names.poolerCertificate(spec.name)] : []),
        ],
        verbs: ['get', 'patch'],
      },
    ],
  };
}

export function renewalServiceAccount(spec: ClusterSpec) {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(spec, names.renewal(spec.name), 'certificates'),
    automountServiceAccountToken: false,
  };
}

export function renewalRoleBinding(spec: ClusterSpec) {
  return binding(spec, names.renewal(spec.name), names.renewal(spec.name), 'certificates');
}

function binding(
  spec: ClusterSpec,
  roleName: string,
  account: string,
  component: 'postgres' | 'certificates',
) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: metadata(spec, roleName, component),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: roleName },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: spec.namespace }],
  };
}
