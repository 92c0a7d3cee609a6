/** The role of a BackupBucket, and what ties pods to it. */
import * as pulumi from '@pulumi/pulumi';
import { isUnknown } from '../cluster/spec';
import { clusterNameOf } from './arns';
import type { BucketAccessArgs } from './args';
import type { BucketChildren } from './bucket-children';
import { policyText } from './policy-document';
import type { BucketSpec } from './spec';
import { irsaTrust, podIdentityTrust } from './trust-policy';

/** The ARN of the role, made or given. */
export function addAccess(
  children: BucketChildren,
  access: BucketAccessArgs,
  policy: pulumi.Output<string>,
): pulumi.Output<string> {
  const roleArn =
    access.existingRoleArn === undefined ? addRole(children, policy) : pulumi.output(access.existingRoleArn);
  if (access.type === 'podIdentity') addAssociations(children, access, roleArn);
  return roleArn;
}

function addRole(children: BucketChildren, policy: pulumi.Output<string>): pulumi.Output<string> {
  const { aws, name } = children;
  // A role holds nothing that is worth keeping: it goes on destroy, and comes again with the same rights.
  const options = { parent: children.parent };
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: children.of(({ access }) => access?.roleName),
      description: `pgBackRest: the repository of ${name}`,
      assumeRolePolicy: children.of(trustOf),
      permissionsBoundary: children.of(({ access }) => access?.permissionsBoundaryArn),
      tags: children.tags,
    },
    options,
  );
  // Inline: it is of this bucket and role alone, and cannot be attached elsewhere.
  const use = new aws.iam.RolePolicy(`${name}-use`, { role: role.name, policy }, options);
  // Whoever uses the ARN has a role that may do its work already.
  return pulumi.all([role.arn, use.id]).apply(([arn]) => arn);
}

function trustOf({ access }: BucketSpec): string {
  if (access === undefined) return '';
  const document = access.oidc
    ? irsaTrust(access.oidc, access.serviceAccounts)
    : podIdentityTrust(access.eksClusterArn ?? '', access.serviceAccounts);
  return policyText(document);
}

function addAssociations(
  children: BucketChildren,
  access: BucketAccessArgs,
  roleArn: pulumi.Output<string>,
): void {
  const { aws, name } = children;
  for (const index of (access.serviceAccounts ?? []).keys()) {
    const account = (key: 'namespace' | 'name'): pulumi.Output<string> =>
      children.of((spec) => spec.access?.serviceAccounts[index]?.[key] ?? '');
    new aws.eks.PodIdentityAssociation(
      index === 0 ? `${name}-association` : `${name}-association-${index + 1}`,
      {
        clusterName: children.of(({ access: made }) => clusterName(made?.eksClusterArn ?? '')),
        namespace: account('namespace'),
        serviceAccount: account('name'),
        roleArn,
        tags: children.tags,
      },
      { parent: children.parent },
    );
  }
}

function clusterName(arn: string): string {
  return isUnknown(arn) ? arn : clusterNameOf(arn);
}
