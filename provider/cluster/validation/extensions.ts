/** Extensions in the image, from `pg_available_extensions` of its servers: contrib, and what image/packages.txt adds. */
import { isUnknown } from '../spec';

const both = [
  'amcheck',
  'autoinc',
  'bloom',
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'dblink',
  'dict_int',
  'dict_xsyn',
  'earthdistance',
  'file_fdw',
  'fuzzystrmatch',
  'hstore',
  'insert_username',
  'intagg',
  'intarray',
  'isn',
  'lo',
  'ltree',
  'moddatetime',
  'pageinspect',
  'pg_buffercache',
  'pg_cron',
  'pg_freespacemap',
  'pg_partman',
  'pg_prewarm',
  'pg_repack',
  'pg_stat_statements',
  'pg_surgery',
  'pg_trgm',
  'pg_visibility',
  'pg_walinspect',
  'pgaudit',
  'pgcrypto',
  'pgrowlocks',
  'pgstattuple',
  'postgres_fdw',
  'refint',
  'seg',
  'sslinfo',
  'tablefunc',
  'tcn',
  'tsm_system_rows',
  'tsm_system_time',
  'unaccent',
  'uuid-ossp',
  'vector',
  'xml2',
];

/** By major version. plpgsql is in every database anyhow. */
const only: Readonly<Record<number, readonly string[]>> = { 18: ['pg_logicalinspect'], 17: [] };

export function extensions(version = 18): readonly string[] {
  const more = isUnknown(version) ? Object.values(only).flat() : (only[version] ?? []);
  return ['plpgsql', ...both, ...more].sort();
}
