/**
 * The role on AWS that pods take on, for pgBackRest's key type web-id: its two variables and a token for AWS' STS.
 *
 * They are what EKS' webhook gives to pods of an annotated ServiceAccount, under the same names and in the same place, so
 * that it finds nothing left to do (amazon-eks-pod-identity-webhook, pkg/handler: a pod with this volume, or a container
 * with these variables, is left as it is). Written here, they are there also when the webhook did not answer, which lets a
 * pod start without them, and where there is no EKS; and another role is another pod, which the Rollout shows and carries out.
 */
import type { ClusterSpec } from '../cluster/spec';

const volume = 'aws-iam-token';
const directory = '/var/run/secrets/eks.amazonaws.com/serviceaccount';
/** What EKS' webhook asks for; kubelet renews the token at four fifths of its time. */
const audience = 'sts.amazonaws.com';
const seconds = 86_400;

/** All pods of a cluster have one ServiceAccount, and so one role (validation/repositories.ts). */
export function roleArnOf(spec: Pick<ClusterSpec, 'repositories'>): string | undefined {
  return spec.repositories.find(({ s3 }) => s3?.roleArn !== undefined)?.s3?.roleArn;
}

/** pgBackRest reads them in its own process, whoever starts that: PostgreSQL, a Job, its server. */
export function cloudIdentityEnv(spec: ClusterSpec) {
  const role = roleArnOf(spec);
  return role === undefined
    ? []
    : [
        { name: 'AWS_ROLE_ARN', value: role },
        { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: `${directory}/token` },
      ];
}

export function cloudIdentityMounts(spec: ClusterSpec) {
  return roleArnOf(spec) === undefined ? [] : [{ name: volume, mountPath: directory, readOnly: true }];
}

export function cloudIdentityVolumes(spec: ClusterSpec) {
  return roleArnOf(spec) === undefined
    ? []
    : [
        {
          name: volume,
          projected: {
            sources: [{ serviceAccountToken: { audience, expirationSeconds: seconds, path: 'token' } }],
          },
        },
      ];
}
