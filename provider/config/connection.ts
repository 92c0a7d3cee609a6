/**
 * Every form in which an application may want its connection. Pure: the password is passed in and
 * only comes out in the result, which is the content of the user's Secret.
 */
import { defaultDatabase, superuser } from '../cluster/defaults';
import type { ClusterSpec } from '../cluster/spec';
import { isUnknown } from '../cluster/spec';
import { names, podName } from '../manifests/names';

export const postgresPort = 5432;

/**
 * Variable RES_OPTIONS of what must not wait long for a name: by default the resolver waits 5 s for an answer, twice (resolv.conf(5)).
 * c-ares, by which PgBouncer looks names up, reads it too.
 */
export const resolverOptions = 'timeout:1 attempts:2';

/**
 * Where the forms expect the CA's certificate: the place where the Secret's key `ca.crt` is to be
 * mounted. A connection string must name some file, since `verify-full` without one looks in ~/.postgresql.
 */
export const rootCertificatePath = '/etc/postgres-ha/ca.crt';

/** The keys of a user's Secret besides `ca.crt`. */
export interface Connection {
  readonly host: string;
  readonly port: string;
  readonly dbname: string;
  readonly user: string;
  readonly password: string;
  readonly uri: string;
  readonly 'jdbc-uri': string;
  readonly 'ro-uri': string;
  readonly 'host-list-uri': string;
  /** Through the pooler, where there is one. */
  readonly 'pooler-host'?: string;
  readonly 'pooler-uri'?: string;
  readonly 'pooler-jdbc-uri'?: string;
  readonly pgpass: string;
}

/** The connection of `user` (one of the spec's, or the superuser). */
export function connection(spec: ClusterSpec, user: string, password: string): Connection {
  const dbname = firstDatabase(spec, user);
  const primary = serviceHost(spec, names.primaryService(spec.name));
  const replica = serviceHost(spec, names.replicaService(spec.name));
  const members = memberHosts(spec);
  const pooler = spec.pooler && user !== superuser ? serviceHost(spec, names.pooler(spec.name)) : undefined;
  return {
    host: primary,
    port: String(postgresPort),
    dbname,
    user,
    password,
    uri: uri([primary], { user, password, dbname }),
    'jdbc-uri': jdbcUri(primary, { user, password, dbname }),
    'ro-uri': uri([replica], { user, password, dbname }),
    'host-list-uri': uri(members, { user, password, dbname }, { target_session_attrs: 'read-write' }),
    ...(pooler === undefined
      ? {}
      : {
          'pooler-host': pooler,
          'pooler-uri': uri([pooler], { user, password, dbname }),
          'pooler-jdbc-uri': jdbcUri(pooler, { user, password, dbname }),
        }),
    // Not the form's own database: a password file serves each database and each host of this user.
    pgpass: [primary, replica, ...(pooler === undefined ? [] : [pooler]), ...members]
      .map((host) => [host, postgresPort, '*', user, password].map(pgpassField).join(':') + '\n')
      .join(''),
  };
}

/** Host names by which each member is reached, in order. */
export function memberHosts(spec: ClusterSpec): string[] {
  const domain = serviceHost(spec, names.membersService(spec.name));
  return spec.members.map((member) => `${podName(member)}.${domain}`);
}

export function serviceHost(spec: ClusterSpec, service: string): string {
  return `${service}.${spec.namespace}.svc`;
}

export function firstDatabase(spec: ClusterSpec, user: string): string {
  return spec.users.find(({ name }) => name === user)?.databases[0] ?? defaultDatabase;
}

interface Login {
  readonly user: string;
  readonly password: string;
  readonly dbname: string;
}

/** libpq's URI (RFC 3986): what is not unreserved is percent-encoded, byte by byte of its UTF-8. */
function uri(hosts: readonly string[], login: Login, options: Record<string, string> = {}): string {
  const hostList = hosts.map((host) => `${host}:${postgresPort}`).join(',');
  const query = { sslmode: 'verify-full', sslrootcert: rootCertificatePath, ...options };
  return (
    `postgresql://${encode(login.user)}:${encode(login.password)}@${hostList}/${encodeDatabase(login.dbname)}?` +
    Object.entries(query)
      .map(([key, value]) => `${key}=${value}`)
      .join('&')
  );
}

/** pgJDBC decodes the database and each property with java.net.URLDecoder: there `+` is a space, so it is encoded too. */
function jdbcUri(host: string, login: Login): string {
  return (
    `jdbc:postgresql://${host}:${postgresPort}/${encode(login.dbname)}` +
    `?user=${encode(login.user)}&password=${encode(login.password)}` +
    `&sslmode=verify-full&sslrootcert=${rootCertificatePath}`
  );
}

/** encodeURIComponent leaves `!'()*` as they are; shells and some parsers trip over them. */
function encode(text: string): string {
  if (isUnknown(text)) return text;
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * node-postgres decodes the path with decodeURI, which leaves the reserved characters encoded; in a path
 * they may stand as they are, but for `/?#`, which validation refuses in a database's name.
 */
function encodeDatabase(name: string): string {
  return encode(name).replace(/%(3B|3A|40|26|2B|24|2C)/g, decodeURIComponent);
}

/** In a password file `:` and `\` are escaped by `\`. */
function pgpassField(value: string | number): string {
  const text = String(value);
  return text === '*' ? text : text.replace(/[\\:]/g, '\\$&');
}
