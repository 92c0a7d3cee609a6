import { UNKNOWN } from '../../../provider/cluster/spec';
import { refuses } from './refused';

refuses('users and databases', [
  [
    'users that the preview does not know',
    { users: UNKNOWN },
    'users: found a value that is known only during up; allowed: a value that the preview knows, since it decides which resources exist. Write it in the program or in the stack configuration. [not-known-in-preview]',
  ],
  [
    'a user without a name',
    { users: [{}] },
    'users[0].name: found nothing; allowed: a text. [missing-argument]',
  ],
  [
    'the superuser as a user',
    { users: [{ name: 'postgres' }] },
    'users[0].name: found "postgres"; allowed: other names; postgres is the superuser, which every cluster has. For its password write superuserPassword. [reserved-role]',
  ],
  [
    'a role of the cluster',
    { users: [{ name: 'replicator' }] },
    'users[0].name: found "replicator"; allowed: other names; the cluster uses replicator itself. [reserved-role]',
  ],
  [
    'a role of PostgreSQL',
    { users: [{ name: 'pg_monitor' }] },
    'users[0].name: found "pg_monitor"; allowed: other names; PostgreSQL reserves pg_…, public and none. [reserved-role]',
  ],
  [
    'a user twice',
    { users: [{ name: 'app' }, { name: 'app' }] },
    'users[1].name: found "app" again; allowed: each user once. [user-twice]',
  ],
  [
    'a name with a line end',
    { users: [{ name: 'a\nb' }] },
    'users[0].name: found "a\\nb"; allowed: a name without line ends and control characters. [not-a-name]',
  ],
  [
    'a name with NUL',
    { databases: [{ name: 'a\u0000' }] },
    'databases[0].name: found "a\\u0000"; allowed: a name without line ends and control characters. [not-a-name]',
  ],
  [
    'a name too long in bytes',
    { users: [{ name: 'üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü' }] },
    'users[0].name: found 64 bytes (in UTF-8); allowed: a name of 1 to 63 bytes. [not-a-name]',
  ],
  [
    'an empty name',
    { users: [{ name: '' }] },
    'users[0].name: found an empty text; allowed: a name of 1 to 63 bytes. [not-a-name]',
  ],
  [
    'a name in decomposed characters',
    { users: [{ name: 'ü' }] },
    'users[0].name: found "ü"; allowed: composed characters (Unicode NFC). Write "ü". [not-a-name]',
  ],
  [
    'a role option',
    { users: [{ name: 'app', options: ['superuser'] }] },
    'users[0].options[0]: found "superuser"; allowed: CREATEDB, CREATEROLE, REPLICATION, BYPASSRLS or NOINHERIT. For superuser work use the user postgres, in the Secret NAME-user-postgres. [role-option]',
  ],
  [
    'a role option with a typo',
    { users: [{ name: 'app', options: ['CREATDB'] }] },
    'users[0].options[0]: found "CREATDB"; allowed: CREATEDB, CREATEROLE, REPLICATION, BYPASSRLS or NOINHERIT. Did you mean "CREATEDB"? [role-option]',
  ],
  [
    'a connection limit of none',
    { users: [{ name: 'app', connectionLimit: 0 }] },
    'users[0].connectionLimit: found 0; allowed: a whole number, 1 or more. [not-a-number-in-range]',
  ],
  [
    "a user's database that is not there",
    { users: [{ name: 'app', databases: ['shpo'] }], databases: [{ name: 'shop' }] },
    'users[0].databases[0]: found "shpo"; allowed: a name in databases, or postgres. Did you mean "shop"? [no-such-database]',
  ],
  [
    'an owner that is not there',
    { databases: [{ name: 'shop', owner: 'app' }] },
    'databases[0].owner: found "app"; allowed: a name in users, or postgres. Write users: [{ name: "app" }]. [no-such-owner]',
  ],
  [
    'a database twice',
    { databases: [{ name: 'shop' }, { name: 'shop' }] },
    'databases[1].name: found "shop" again; allowed: each database once. [database-twice]',
  ],
  [
    'a template',
    { databases: [{ name: 'template1' }] },
    'databases[0].name: found "template1"; allowed: other names; PostgreSQL makes new databases from it. [reserved-database]',
  ],
  [
    'a name that is part of a connection string',
    { databases: [{ name: 'a=b' }] },
    'databases[0].name: found "a=b"; allowed: a name without "=", "/", "?" and "#", which some clients read as part of a connection string. [not-a-name]',
  ],
  [
    'pg_cron in two databases',
    {
      databases: [
        { name: 'a', extensions: ['pg_cron'] },
        { name: 'b', extensions: ['pg_cron'] },
      ],
    },
    'databases[1].extensions: found "pg_cron" in a second database; allowed: "pg_cron" in one database; its jobs may run in others (cron.schedule_in_database). [cron-twice]',
  ],
  [
    'an extension with a typo',
    { databases: [{ name: 'shop', extensions: ['pg_trigram'] }] },
    'databases[0].extensions[0]: found "pg_trigram"; allowed: the extensions in the image: amcheck, autoinc, bloom, btree_gin, btree_gist, citext, cube, dblink, dict_int, dict_xsyn, earthdistance, file_fdw, fuzzystrmatch, hstore, insert_username, intagg, intarray, isn, lo, ltree, moddatetime, pageinspect, pg_buffercache, pg_cron, pg_freespacemap, pg_logicalinspect, pg_partman, pg_prewarm, pg_repack, pg_stat_statements, pg_surgery, pg_trgm, pg_visibility, pg_walinspect, pgaudit, pgcrypto, pgrowlocks, pgstattuple, plpgsql, postgres_fdw, refint, seg, sslinfo, tablefunc, tcn, tsm_system_rows, tsm_system_time, unaccent, uuid-ossp, vector, xml2. Did you mean "pg_trgm"? [extension-not-in-image]',
  ],
]);
