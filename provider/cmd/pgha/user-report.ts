/** `pgha show user`: the users' Secrets, compared with the roles that exist. Pure. */
import type { Secret } from '../../live/kinds';

export interface UserLine {
  readonly cluster: string;
  readonly username: string;
  readonly password: string;
  /** `never`, `expired`, or PostgreSQL's own text of the time. */
  readonly expires: string;
  readonly error?: string;
}

/** What the primary says of a role that can log in. */
export interface RoleRow {
  readonly name: string;
  /** Text of rolvaliduntil; empty without one. */
  readonly validUntil: string;
  readonly expired: boolean;
}

/** The query that gives `RoleRow`s, one a line, as JSON: a role's name may hold any character. */
export const rolesQuery =
  `select json_build_object('name', rolname, 'validUntil', coalesce(rolvaliduntil::text, ''), ` +
  `'expired', coalesce(rolvaliduntil < now(), false)) from pg_catalog.pg_roles where rolcanlogin order by rolname`;

export function userLines(
  cluster: string,
  secrets: readonly Secret[],
  roles: readonly RoleRow[] | { readonly error: string },
): UserLine[] {
  return secrets
    .map((secret) => ({ username: decoded(secret, 'user'), password: decoded(secret, 'password') }))
    .sort((a, b) => (a.username < b.username ? -1 : 1))
    .map(({ username, password }) => {
      const line = { cluster, username, password };
      if ('error' in roles)
        return { ...line, expires: '', error: `the primary does not answer: ${roles.error}` };
      const role = roles.find((candidate) => candidate.name === username);
      if (!role) return { ...line, expires: '', error: 'there is no such role in the database' };
      const until = role.validUntil === '' || role.validUntil === 'infinity' ? 'never' : role.validUntil;
      return { ...line, expires: role.expired ? 'expired' : until };
    });
}

function decoded(secret: Secret, key: string): string {
  return Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
}
