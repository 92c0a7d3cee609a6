/**
 * The arguments after every Output is resolved. Passwords and the kubeconfig are not among them, and of
 * the keys to S3 only that they are given (`given`), so that nothing made of them can hold a secret. In a preview a value may be the text `UNKNOWN`
 * (spec.ts), also where the type says number, boolean, list or map: only normalise.ts and
 * validation/ may read these types, everything else reads `ClusterSpec`.
 */
import type { Unwrap } from '@pulumi/pulumi';
import type { PostgresClusterArgs, UserArgs } from './args';

export type Resolved<T> = Unwrap<T>;

export type ResolvedUser = Omit<Resolved<UserArgs>, 'password'>;

export type ResolvedArgs = Omit<
  Resolved<PostgresClusterArgs>,
  'superuserPassword' | 'kubeconfig' | 'users'
> & { users?: ResolvedUser[] };
