/** From valid arguments to the spec: every default filled in, everything derived that can be. */
import { oidcProviderArn } from './arns';
import * as defaults from './defaults';
import type { AccessSpec, BucketSpec, OidcTrust, ResolvedAccess, ResolvedBucketArgs } from './spec';

export function normaliseBucket(args: ResolvedBucketArgs): BucketSpec {
  const bucketName = args.existingBucket ?? args.bucketName;
  const key = args.encryption?.kmsKeyArn;
  return {
    ...(bucketName === undefined ? {} : { bucketName }),
    prefix: args.prefix ?? defaults.defaultPrefix,
    readPrefixes: args.readPrefixes ?? [],
    encryption: {
      type: args.encryption?.type ?? (key === undefined ? 's3' : 'kms'),
      ...(key === undefined ? {} : { kmsKeyArn: key }),
    },
    versioning: args.versioning ?? true,
    lifecycle: {
      noncurrentDays: args.lifecycle?.noncurrentDays ?? defaults.defaultNoncurrentDays,
      abortUploadDays: args.lifecycle?.abortUploadDays ?? defaults.defaultAbortUploadDays,
    },
    ...(args.objectLock === undefined
      ? {}
      : { objectLock: { mode: args.objectLock.mode ?? 'GOVERNANCE', days: args.objectLock.days } }),
    ...(args.accessLog === undefined ? {} : { accessLog: args.accessLog }),
    ...(args.access === undefined ? {} : { access: accessSpec(args.access) }),
    tags: args.tags ?? {},
  };
}

function accessSpec(access: ResolvedAccess): AccessSpec {
  const oidc = access.type === 'irsa' ? oidcTrust(access) : undefined;
  const { roleName, permissionsBoundaryArn, eksCluster } = access;
  return {
    serviceAccounts: access.serviceAccounts ?? [],
    ...(oidc === undefined ? {} : { oidc }),
    ...(eksCluster === undefined ? {} : { eksClusterArn: eksCluster.arn }),
    ...(roleName === undefined ? {} : { roleName }),
    ...(permissionsBoundaryArn === undefined ? {} : { permissionsBoundaryArn }),
  };
}

function oidcTrust(access: ResolvedAccess): OidcTrust | undefined {
  const providerArn = access.oidcProviderArn ?? derivedProvider(access);
  if (providerArn === undefined) return undefined;
  return { providerArn, audience: access.audience ?? defaults.defaultAudience };
}

function derivedProvider({ eksCluster, oidcProviderUrl }: ResolvedAccess): string | undefined {
  const url = oidcProviderUrl ?? issuerUrl(eksCluster);
  return eksCluster === undefined || url === undefined ? undefined : oidcProviderArn(eksCluster.arn, url);
}

/** The first issuer of a cluster; a whole part of it may be the text UNKNOWN, which then is the answer. */
export function issuerUrl(cluster: ResolvedAccess['eksCluster']): string | undefined {
  let value: unknown = cluster?.identities;
  for (const step of [0, 'oidcs', 0, 'issuer'] as const) {
    if (value === undefined || value === null || typeof value === 'string') break;
    value = (value as Record<string | number, unknown>)[step];
  }
  return typeof value === 'string' ? value : undefined;
}
