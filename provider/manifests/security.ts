/** What every container of ours is restricted to: the "restricted" Pod Security Standard, and a read-only root on top. */

import type { ClusterSpec } from '../cluster/spec';

/** uid and gid of `postgres` in the image (image/README.md). */
export const containerUser = 26;

/** PostgreSQL and libpq take a key that root owns and the group reads, if no one else can (libpq docs, 32.19 "SSL Support"). */
export const mountedSecretMode = 0o440;

export const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
} as const;

/** `restricted`, as a fresh object with mutable arrays, as the Kubernetes types want it. */
export function restrictedContext() {
  return { ...restricted, capabilities: { drop: [...restricted.capabilities.drop] } };
}

/** The pod's part of it, for pods that write to a volume. */
export function podSecurity() {
  return {
    securityContext: {
      runAsNonRoot: true,
      runAsUser: containerUser,
      runAsGroup: containerUser,
      fsGroup: containerUser,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

/** Where pods other than members run, and how they get the image. */
export function schedulingOf(spec: ClusterSpec) {
  const { nodeSelector, tolerations, priorityClass } = spec.scheduling;
  return {
    ...(spec.image.pullSecrets.length > 0
      ? { imagePullSecrets: spec.image.pullSecrets.map((name) => ({ name })) }
      : {}),
    ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector: { ...nodeSelector } } : {}),
    ...(tolerations.length > 0 ? { tolerations: tolerations.map((one) => ({ ...one })) } : {}),
    ...(priorityClass ? { priorityClassName: priorityClass } : {}),
  };
}
