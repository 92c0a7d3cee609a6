// provider/config/parameters-data.json: what the servers in the image say of their parameters (pg_settings), by
// major version. Asked of the real binaries, since that is what refuses a wrong value in the end.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

export const parametersFile = path.join(__dirname, '..', '..', 'provider', 'config', 'parameters-data.json');

export const majors = [17, 18];

/** Libraries whose parameters exist only, or exist fully, when they are loaded with the server. */
const preloaded = [
  'auth_delay',
  'auto_explain',
  'basebackup_to_shell',
  'passwordcheck',
  'pg_cron',
  'pg_partman_bgw',
  'pg_prewarm',
  'pg_stat_statements',
  'pgaudit',
];

/** Libraries that a session loads, mostly by using their extension. */
const loadedInSession = ['basic_archive', 'isn', 'pg_trgm', 'pgcrypto', 'plpgsql', 'postgres_fdw', 'vector'];

/** One parameter; what PostgreSQL leaves null is absent. */
export interface Parameter {
  type: string;
  context: string;
  unit?: string;
  min?: string;
  max?: string;
  values?: string[];
  default?: string;
}

// A new minor version that changes no parameter must not change the file: hence no value of server_version.
const query = `
  SELECT json_build_object(
    'name', name,
    'fact', json_strip_nulls(json_build_object(
      'type', vartype, 'context', context, 'unit', unit, 'min', min_val, 'max', max_val,
      'values', array_to_json(enumvals),
      'default', CASE WHEN name NOT LIKE 'server_version%' THEN boot_val END)))
  FROM pg_settings`;

// As user 26 in the image's root, which stays as it is: what a server writes goes to a tmpfs that only this
// mount namespace sees and that ends with it, like every process.
const session = `
set -eu
mount -t tmpfs tmpfs "$1/tmp"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
exec chroot --userspec=26:26 "$1" /usr/bin/env -i LANG=C.UTF-8 HOME=/tmp PATH="/usr/lib/postgresql/$2/bin:/usr/bin:/bin" \\
  sh -c "$3"`;

const server = `
set -eu
initdb --pgdata=/tmp/data --no-sync --auth=trust --username=postgres >/tmp/log 2>&1 &&
  pg_ctl start --pgdata=/tmp/data --log=/tmp/log --wait -o "-k /tmp -c listen_addresses= \\
    -c shared_preload_libraries=${preloaded.join(',')}" >>/tmp/log 2>&1 || { cat /tmp/log >&2; exit 1; }
psql --no-psqlrc --tuples-only --no-align --quiet --set=ON_ERROR_STOP=1 --host=/tmp --username=postgres postgres
pg_ctl stop --pgdata=/tmp/data --mode=immediate >/dev/null`;

/** Asks the server of that major version in the image's root. */
export function parametersOf(root: string, major: number): Record<string, Parameter> {
  const output = execFileSync(
    'unshare',
    // prettier-ignore
    ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc', '--',
      'sh', '-c', session, 'sh', root, String(major), server],
    {
      input: `${loadedInSession.map((library) => `LOAD '${library}';`).join('\n')}\n${query};\n`,
      encoding: 'utf8',
      maxBuffer: 16 << 20,
    },
  );
  const rows = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { name: string; fact: Parameter })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(rows.map(({ name, fact }) => [name, fact]));
}

/** The file's text: one line a parameter, so that a difference between two images can be read. */
export function rendered(byMajor: Record<string, Record<string, Parameter>>): string {
  const versions = Object.entries(byMajor).map(([major, parameters]) => {
    const lines = Object.entries(parameters).map(
      ([name, parameter]) => `    ${JSON.stringify(name)}: ${JSON.stringify(parameter)}`,
    );
    return `  ${JSON.stringify(major)}: {\n${lines.join(',\n')}\n  }`;
  });
  return `{\n${versions.join(',\n')}\n}\n`;
}

export function parametersText(root: string): string {
  return rendered(Object.fromEntries(majors.map((major) => [String(major), parametersOf(root, major)])));
}

export function recordedParameters(): string {
  return fs.readFileSync(parametersFile, 'utf8');
}
