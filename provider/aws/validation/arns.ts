/** ARNs of the right kind, and an issuer that fits its provider. */
import { shown } from '../../cluster/validation/words';
import { issuerOf, parseArn, withoutScheme } from '../arns';
import { known, type BucketCheck } from './check';

interface Kind {
  readonly path: string;
  readonly value: string | undefined;
  readonly service: string;
  readonly resource: RegExp;
  readonly example: string;
  readonly instead?: (value: string) => string | undefined;
}

const aliasIsNoKey = (value: string): string | undefined =>
  value.includes(':alias/') || value.startsWith('alias/')
    ? 'An alias grants nothing in a policy: give the ARN of the key behind it.'
    : undefined;

export const arns: BucketCheck = function* (args) {
  const access = args.access;
  const kinds: Kind[] = [
    {
      path: 'encryption.kmsKeyArn',
      value: known(args.encryption?.kmsKeyArn),
      service: 'kms',
      resource: /^key\/[\w-]+$/,
      example: 'arn:aws:kms:eu-central-1:123456789012:key/…',
      instead: aliasIsNoKey,
    },
    {
      path: 'access.eksCluster.arn',
      value: known(access?.eksCluster?.arn),
      service: 'eks',
      resource: /^cluster\/[A-Za-z0-9][\w-]{0,99}$/,
      example: 'arn:aws:eks:eu-central-1:123456789012:cluster/production',
    },
    {
      path: 'access.oidcProviderArn',
      value: known(access?.oidcProviderArn),
      service: 'iam',
      resource: /^oidc-provider\/[\w.-]+(\/[\w./-]+)?$/,
      example: 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/…',
    },
    {
      path: 'access.existingRoleArn',
      value: known(access?.existingRoleArn),
      service: 'iam',
      resource: /^role\/[\w+=,.@/-]+$/,
      example: 'arn:aws:iam::123456789012:role/backups',
    },
    {
      path: 'access.permissionsBoundaryArn',
      value: known(access?.permissionsBoundaryArn),
      service: 'iam',
      resource: /^policy\/[\w+=,.@/-]+$/,
      example: 'arn:aws:iam::123456789012:policy/boundary',
    },
  ];
  for (const { path, value, service, resource, example, instead } of kinds) {
    if (value === undefined) continue;
    const arn = parseArn(value);
    // Managed policies of AWS itself have "aws" for the account; a boundary may be one.
    if (arn?.service === service && resource.test(arn.resource)) continue;
    if (path === 'access.permissionsBoundaryArn' && /^arn:aws[a-z-]*:iam::aws:policy\/\S+$/.test(value))
      continue;
    const advice = instead?.(value);
    yield {
      code: 'arn',
      path,
      found: shown(value),
      allowed: `an ARN such as ${example}`,
      ...(advice === undefined ? {} : { instead: advice }),
    };
  }
};

export const issuer: BucketCheck = function* ({ access }) {
  const url = known(access?.oidcProviderUrl);
  if (url === undefined) return;
  const path = 'access.oidcProviderUrl';
  // pulumi-eks and IAM give the issuer without its scheme.
  if (!/^(https:\/\/)?[\w.-]+(\/[\w./-]+)?$/.test(url)) {
    yield {
      code: 'issuer',
      path,
      found: shown(url),
      allowed: 'the URL of an issuer, such as https://oidc.eks.eu-central-1.amazonaws.com/id/…',
    };
    return;
  }
  const arn = known(access?.oidcProviderArn);
  if (arn !== undefined && parseArn(arn) && issuerOf(arn) !== withoutScheme(url))
    yield {
      code: 'issuer-of-another-provider',
      path,
      found: shown(url),
      allowed: `the issuer of the provider, ${shown(`https://${issuerOf(arn)}`)}, or nothing`,
    };
};
