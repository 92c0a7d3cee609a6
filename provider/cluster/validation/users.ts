/** Users and databases. */
import { userSecret } from '../../manifests/names';
import {
  defaultDatabase,
  defaultImage,
  exporterRole,
  poolerRole,
  replicationRole,
  rewindRole,
  superuser,
} from '../defaults';
import type { Check } from './check';
import { items, known } from './check';
import { breaksConnectionStrings, nameProblem } from './database-names';
import { extensions } from './extensions';
import type { Problem } from './problem';
import { anyOf, didYouMean, shown } from './words';

type Subject = Parameters<Check>[0];

const roleOptions = ['CREATEDB', 'CREATEROLE', 'REPLICATION', 'BYPASSRLS', 'NOINHERIT'];

export function* users({ name: cluster, args }: Subject): Iterable<Problem> {
  const seen = new Map<string, string>();
  for (const [n, user] of items(args.users).entries()) {
    const path = `users[${n}]`;
    const name = known(user.name);
    if (name !== undefined) {
      const problem = nameProblem(`${path}.name`, name) ?? reservedRole(`${path}.name`, name, args);
      if (problem) yield problem;
      else {
        // Two roles could only share a Secret if the hashes of their names met.
        const secret = userSecret(cluster, name);
        const other = seen.get(secret);
        if (other !== undefined)
          yield {
            code: 'user-twice',
            path: `${path}.name`,
            found: `${shown(name)} again`,
            allowed: 'each user once',
          };
        seen.set(secret, name);
      }
    }
    yield* optionsOf(user.options, path);
    yield* databasesOf(user.databases, path, args);
  }
}

function reservedRole(path: string, name: string, args: Subject['args']): Problem | undefined {
  const code = 'reserved-role';
  if (name === superuser)
    return {
      code,
      path,
      found: shown(name),
      allowed: 'other names; postgres is the superuser, which every cluster has',
      instead: 'For its password write superuserPassword.',
    };
  const own = [replicationRole, rewindRole, poolerRole, ...(args.metrics ? [exporterRole] : [])];
  if (own.includes(name))
    return { code, path, found: shown(name), allowed: `other names; the cluster uses ${name} itself` };
  if (name.startsWith('pg_') || name === 'public' || name === 'none')
    return {
      code,
      path,
      found: shown(name),
      allowed: 'other names; PostgreSQL reserves pg_…, public and none',
    };
  return undefined;
}

function* optionsOf(options: readonly string[] | undefined, path: string): Iterable<Problem> {
  for (const [n, option] of items(options).entries()) {
    if (known(option) === undefined || roleOptions.includes(option.toUpperCase())) continue;
    const superuserWanted = option.toUpperCase() === 'SUPERUSER';
    const instead = superuserWanted
      ? 'For superuser work use the user postgres, in the Secret NAME-user-postgres.'
      : didYouMean(option, roleOptions);
    yield {
      code: 'role-option',
      path: `${path}.options[${n}]`,
      found: shown(option),
      allowed: anyOf(roleOptions),
      ...(instead === undefined ? {} : { instead }),
    };
  }
}

function* databasesOf(
  wanted: readonly string[] | undefined,
  path: string,
  args: Subject['args'],
): Iterable<Problem> {
  for (const [n, database] of items(wanted).entries())
    yield* noSuchDatabase(database, `${path}.databases[${n}]`, args);
}

/** The database that the exporter connects to. */
export function* metricsDatabase({ args }: Subject): Iterable<Problem> {
  yield* noSuchDatabase(args.metrics?.database, 'metrics.database', args);
}

function* noSuchDatabase(
  database: string | undefined,
  path: string,
  args: Subject['args'],
): Iterable<Problem> {
  const given = items(args.databases).map(({ name }) => name);
  const all = new Set([defaultDatabase, ...given]);
  // A database whose name is not known yet may be the one.
  if (given.some((name) => known(name) === undefined)) return;
  if (database !== undefined && known(database) !== undefined && !all.has(database))
    yield {
      code: 'no-such-database',
      path,
      found: shown(database),
      allowed: `a name in databases, or postgres`,
      instead: didYouMean(database, all) ?? `Write databases: [{ name: ${shown(database)} }].`,
    };
}

export function* databases({ args }: Subject): Iterable<Problem> {
  const seen = new Set<string>();
  for (const [n, database] of items(args.databases).entries()) {
    const path = `databases[${n}]`;
    const name = known(database.name);
    if (name !== undefined) {
      const problem = nameProblem(`${path}.name`, name) ?? reservedDatabase(`${path}.name`, name);
      if (problem) yield problem;
      else if (seen.has(name))
        yield {
          code: 'database-twice',
          path: `${path}.name`,
          found: `${shown(name)} again`,
          allowed: 'each database once',
        };
      seen.add(name);
    }
    yield* ownerOf(database.owner, path, args);
    yield* extensionsOf(database.extensions, path, args);
  }
}

function reservedDatabase(path: string, name: string): Problem | undefined {
  if (name === 'template0' || name === 'template1')
    return {
      code: 'reserved-database',
      path,
      found: shown(name),
      allowed: 'other names; PostgreSQL makes new databases from it',
    };
  if (breaksConnectionStrings(name))
    return {
      code: 'not-a-name',
      path,
      found: shown(name),
      allowed: 'a name without "=", "/", "?" and "#", which some clients read as part of a connection string',
    };
  return undefined;
}

function* ownerOf(owner: string | undefined, path: string, args: Subject['args']): Iterable<Problem> {
  const given = items(args.users).map(({ name }) => name);
  if (known(owner) === undefined || given.some((name) => known(name) === undefined)) return;
  const all = [superuser, ...given];
  if (all.includes(owner!)) return;
  yield {
    code: 'no-such-owner',
    path: `${path}.owner`,
    found: shown(owner),
    allowed: 'a name in users, or postgres',
    instead: didYouMean(owner!, all) ?? `Write users: [{ name: ${shown(owner)} }].`,
  };
}

/** A server has one pg_cron, in the database that cron.database_name names (config/parameter-defaults.ts). */
export function* cronDatabase({ args }: Subject): Iterable<Problem> {
  const holders = [...items(args.databases).entries()].filter(([, { extensions: wanted }]) =>
    items(wanted).includes('pg_cron'),
  );
  for (const [n] of holders.slice(1))
    yield {
      code: 'cron-twice',
      path: `databases[${n}].extensions`,
      found: '"pg_cron" in a second database',
      allowed: '"pg_cron" in one database; its jobs may run in others (cron.schedule_in_database)',
    };
}

/** An image of the user's own may have others, which only its user knows. */
function* extensionsOf(
  wanted: readonly string[] | undefined,
  path: string,
  args: Subject['args'],
): Iterable<Problem> {
  if ((args.image ?? defaultImage) !== defaultImage) return;
  const all = extensions(args.postgresVersion);
  for (const [n, extension] of items(wanted).entries()) {
    if (known(extension) === undefined || all.includes(extension)) continue;
    const suggestion = didYouMean(extension, all);
    yield {
      code: 'extension-not-in-image',
      path: `${path}.extensions[${n}]`,
      found: shown(extension),
      allowed: `the extensions in the image: ${all.join(', ')}`,
      ...(suggestion === undefined ? {} : { instead: suggestion }),
    };
  }
}
