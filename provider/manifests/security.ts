/** What every container of ours is restricted to: the "restricted" Pod Security Standard, and a read-only root on top. */

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
