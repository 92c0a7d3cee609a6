/** Amazon Resource Names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. */
import { isUnknown, UNKNOWN } from '../cluster/spec';

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

export function parseArn(text: string): Arn | undefined {
  const match = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|):(\S+)$/.exec(text);
  if (!match) return undefined;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  return { partition, service, region, account, resource };
}

export function bucketArn(partition: string, bucket: string): string {
  return `arn:${partition}:s3:::${bucket}`;
}

const providerResource = 'oidc-provider/';

/** The issuer without its scheme, as condition keys of a trust policy begin. */
export function issuerOf(providerArn: string): string {
  if (isUnknown(providerArn)) return UNKNOWN;
  return parseArn(providerArn)?.resource.slice(providerResource.length) ?? '';
}

/** The ARN that IAM gives an OIDC provider of that issuer in the cluster's account. */
export function oidcProviderArn(clusterArn: string, issuerUrl: string): string {
  if (isUnknown(clusterArn) || isUnknown(issuerUrl)) return UNKNOWN;
  const cluster = parseArn(clusterArn);
  return `arn:${cluster?.partition}:iam::${cluster?.account}:${providerResource}${withoutScheme(issuerUrl)}`;
}

export function withoutScheme(url: string): string {
  return url.replace(/^https:\/\//, '').replace(/\/$/, '');
}

/** The name of an EKS cluster, from its ARN. */
export function clusterNameOf(clusterArn: string): string {
  if (isUnknown(clusterArn)) return UNKNOWN;
  return parseArn(clusterArn)?.resource.replace(/^cluster\//, '') ?? '';
}
