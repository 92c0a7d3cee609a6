/** Children of the component: made from pure manifests, with unknown values where the manifest has them. */
import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { isUnknown } from './spec';
import type { ClusterSpec } from './spec';
import { toUnknowns } from './resolve';
import * as network from '../manifests/network-policies';
import { podDisruptionBudget } from '../manifests/pod-disruption-budget';
import * as pooler from '../manifests/pooler';
import * as rbac from '../manifests/rbac';
import { backupCronJob, backupTemplate, firstBackup, scheduleNames } from '../manifests/backup-jobs';
import { repositoryHost, repositoryService } from '../manifests/repository-host';
import { testRestoreCronJob, verifyCronJob } from '../manifests/verification-jobs';
import { renewalCronJob } from '../manifests/renewal';
import * as services from '../manifests/services';
import { statefulSet } from '../manifests/stateful-set';

/** A class of @pulumi/kubernetes whose arguments a manifest gives. */
type KubernetesClass = new (
  name: string,
  args: never,
  opts?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

/** Makes the children of one cluster. */
export class Children {
  constructor(
    readonly parent: pulumi.ComponentResource,
    readonly name: string,
    readonly spec: pulumi.Output<ClusterSpec>,
  ) {}

  /** Plain data made of the spec, as inputs: a property that holds something unknown is unknown there, and only there. */
  properties<T extends object>(of: (spec: ClusterSpec) => T, keys: readonly (keyof T)[]): pulumi.Inputs {
    const made = this.spec.apply((spec) => toUnknowns(of(spec)));
    return Object.fromEntries(keys.map((key) => [key, made.apply((object) => object[key])]));
  }

  /** A Kubernetes object; `suffix` tells it from others of its kind. */
  object<T extends object>(
    type: KubernetesClass,
    suffix: string,
    manifest: (spec: ClusterSpec) => T,
    keys: readonly (keyof T)[],
    opts: pulumi.CustomResourceOptions = {},
  ): pulumi.CustomResource {
    const args = this.properties(manifest, keys) as never;
    return new type(`${this.name}${suffix}`, args, { ...opts, parent: this.parent });
  }
}

/** Services, and the names in Patroni's DCS that they keep alive. */
export function addServices(children: Children): pulumi.CustomResource[] {
  const service = (suffix: string, manifest: (spec: ClusterSpec) => { metadata: object; spec: object }) =>
    children.object(k8s.core.v1.Service, suffix, manifest, ['metadata', 'spec']);
  return [
    service('-primary', services.primaryService),
    service('-replica', services.replicaService),
    service('-any', services.anyService),
    service('-members', services.membersService),
    ...['config', 'sync', 'failover'].map((key, index) =>
      service(`-${key}`, (spec) => services.dcsServices(spec)[index]!),
    ),
  ];
}

/** Who the members are, and what they may do. */
export function addIdentity(children: Children): pulumi.CustomResource[] {
  return [
    children.object(k8s.core.v1.ServiceAccount, '', rbac.serviceAccount, [
      'metadata',
      'automountServiceAccountToken',
      'imagePullSecrets',
    ]),
    children.object(k8s.rbac.v1.Role, '', rbac.role, ['metadata', 'rules']),
    children.object(k8s.rbac.v1.RoleBinding, '', rbac.roleBinding, ['metadata', 'roleRef', 'subjects']),
  ];
}

export function addNetworkPolicies(children: Children): pulumi.CustomResource[] {
  return [
    children.object(k8s.networking.v1.NetworkPolicy, '', network.networkPolicy, ['metadata', 'spec']),
    children.object(k8s.networking.v1.NetworkPolicy, '-renew-certificates', network.renewalNetworkPolicy, [
      'metadata',
      'spec',
    ]),
  ];
}

/** The repository host and its Service. */
export function addRepositoryHost(children: Children, dependsOn: pulumi.Resource[]): pulumi.CustomResource[] {
  return [
    children.object(k8s.core.v1.Service, '-repo', repositoryService, ['metadata', 'spec']),
    children.object(k8s.apps.v1.StatefulSet, '-repo', repositoryHost, ['metadata', 'spec'], { dependsOn }),
  ];
}

export function addBackupPolicies(children: Children, local: boolean): pulumi.CustomResource[] {
  const policy = (suffix: string, manifest: (spec: ClusterSpec) => { metadata: object; spec: object }) =>
    children.object(k8s.networking.v1.NetworkPolicy, suffix, manifest, ['metadata', 'spec']);
  return [
    policy('-backup', network.backupNetworkPolicy),
    ...(local ? [policy('-repo', network.repositoryNetworkPolicy)] : []),
  ];
}

/** CronJobs by schedule, and for each repository the template of a backup on demand, and its first full backup. */
export function addBackupJobs(
  children: Children,
  plan: Pick<ClusterSpec, 'repositories' | 'schedules' | 'backup'> & { name: string },
  dependsOn: pulumi.Resource[],
): void {
  const cronJob = (suffix: string, manifest: (spec: ClusterSpec) => { metadata: object; spec: object }) =>
    children.object(k8s.batch.v1.CronJob, suffix, manifest, ['metadata', 'spec'], { dependsOn });
  scheduleNames(plan).forEach((name, index) =>
    cronJob(name.slice(plan.name.length), (spec) => backupCronJob(spec, index)),
  );
  plan.backup.verify.forEach(({ repository }, index) =>
    cronJob(`-verify-repo${repository}`, (spec) => verifyCronJob(spec, spec.backup.verify[index]!)),
  );
  plan.backup.testRestore.forEach(({ repository }, index) =>
    cronJob(`-test-restore-repo${repository}`, (spec) =>
      testRestoreCronJob(spec, spec.backup.testRestore[index]!),
    ),
  );
  for (const { number } of plan.repositories) {
    const of = (spec: ClusterSpec) => spec.repositories[number - 1]!;
    cronJob(`-backup-repo${number}`, (spec) => backupTemplate(spec, of(spec)));
    // A Job does not change, and a done one must not run again because the image has changed.
    children.object(
      k8s.batch.v1.Job,
      `-first-backup-repo${number}`,
      (spec) => firstBackup(spec, of(spec)),
      ['metadata', 'spec'],
      { dependsOn, ignoreChanges: ['spec'] },
    );
  }
}

export function addDisruptionBudget(children: Children): void {
  children.object(k8s.policy.v1.PodDisruptionBudget, '', podDisruptionBudget, ['metadata', 'spec']);
}

export function addMember(
  children: Children,
  member: string,
  dependsOn: pulumi.Resource[],
): pulumi.CustomResource {
  const suffix = member.slice(children.name.length);
  return children.object(
    k8s.apps.v1.StatefulSet,
    suffix,
    (spec) => statefulSet(spec, member),
    ['metadata', 'spec'],
    {
      dependsOn,
      // What can't be changed in place would delete the pod: the names and the selector never change (manifests/stateful-set.ts).
      deleteBeforeReplace: false,
    },
  );
}

/** The pooler, whose pods wait for the primary by themselves. */
export function addPooler(children: Children, policies: boolean, dependsOn: pulumi.Resource[]): void {
  const objects = ['metadata', 'spec'] as const;
  const account = children.object(k8s.core.v1.ServiceAccount, '-pooler', pooler.poolerServiceAccount, [
    'metadata',
    'automountServiceAccountToken',
  ]);
  if (policies)
    children.object(k8s.networking.v1.NetworkPolicy, '-pooler', pooler.poolerNetworkPolicy, objects);
  children.object(k8s.policy.v1.PodDisruptionBudget, '-pooler', pooler.poolerDisruptionBudget, objects);
  const deployment = children.object(
    k8s.apps.v1.Deployment,
    '-pooler',
    (spec) => pooler.poolerDeployment(spec, spec.pooler!),
    objects,
    { dependsOn: [...dependsOn, account] },
  );
  children.object(k8s.core.v1.Service, '-pooler', pooler.poolerService, objects, { dependsOn: [deployment] });
}

/** Renewal of certificates inside the cluster. */
export function addRenewal(children: Children, dependsOn: pulumi.Resource[]): void {
  const suffix = '-renew-certificates';
  const identity = [
    children.object(k8s.core.v1.ServiceAccount, suffix, rbac.renewalServiceAccount, [
      'metadata',
      'automountServiceAccountToken',
    ]),
    children.object(k8s.rbac.v1.Role, suffix, rbac.renewalRole, ['metadata', 'rules']),
    children.object(k8s.rbac.v1.RoleBinding, suffix, rbac.renewalRoleBinding, [
      'metadata',
      'roleRef',
      'subjects',
    ]),
  ];
  children.object(k8s.batch.v1.CronJob, suffix, renewalCronJob, ['metadata', 'spec'], {
    dependsOn: [...dependsOn, ...identity],
  });
}

/** Outputs that hold something unknown are unknown as a whole. */
export function orUnknown<T>(output: pulumi.Output<T>): pulumi.Output<T> {
  return output.apply((value) =>
    isUnknown(JSON.stringify(value)) ? (pulumi.unknown as unknown as T) : value,
  );
}
