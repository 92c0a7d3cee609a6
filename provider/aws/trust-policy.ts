/** Who may become the role: exactly the named ServiceAccounts, by equality and never by pattern. */
import { clusterNameOf, issuerOf } from './arns';
import { policyDocument, type PolicyDocument } from './policy-document';
import type { OidcTrust, ServiceAccountName } from './spec';

/** For IRSA: the token's subject and audience are both compared; a trust without one of them lets other pods in. */
export function irsaTrust(
  { providerArn, audience }: OidcTrust,
  accounts: readonly ServiceAccountName[],
): PolicyDocument {
  const issuer = issuerOf(providerArn);
  const subjects = accounts.map(({ namespace, name }) => `system:serviceaccount:${namespace}:${name}`);
  return policyDocument([
    {
      Sid: 'PodsOfServiceAccount',
      Effect: 'Allow',
      Principal: { Federated: providerArn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: audience,
          [`${issuer}:sub`]: subjects.length === 1 ? subjects[0]! : subjects,
        },
      },
    },
  ]);
}

/**
 * For EKS Pod Identity: the service itself takes the role and tags the session with the pod's origin. The
 * conditions keep an association of another cluster, namespace or ServiceAccount from using the role. A
 * statement each, because two lists of names would also allow every mixture of them.
 */
export function podIdentityTrust(
  eksClusterArn: string,
  accounts: readonly ServiceAccountName[],
): PolicyDocument {
  return policyDocument(
    accounts.map(({ namespace, name }, index) => ({
      Sid: `PodsOfServiceAccount${index + 1}`,
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: {
        StringEquals: {
          'aws:RequestTag/eks-cluster-arn': eksClusterArn,
          'aws:RequestTag/eks-cluster-name': clusterNameOf(eksClusterArn),
          'aws:RequestTag/kubernetes-namespace': namespace,
          'aws:RequestTag/kubernetes-service-account': name,
        },
      },
    })),
  );
}
