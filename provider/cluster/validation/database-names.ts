/** Names of roles and databases: what works in every form of the connection, or is refused. */
import type { Problem } from './problem';
import { shown } from './words';

/** NAMEDATALEN - 1: PostgreSQL cuts longer names, and two could become one. */
const mostBytes = 63;

/** A line end or a control character can't be written in a password file, nor be seen in a log. */
// eslint-disable-next-line no-control-regex -- to find them is the point
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** What is wrong with a name of a role or a database, apart from its being reserved. */
export function nameProblem(path: string, name: string): Problem | undefined {
  const code = 'not-a-name';
  const bytes = Buffer.byteLength(name, 'utf8');
  if (name === '')
    return { code, path, found: 'an empty text', allowed: `a name of 1 to ${mostBytes} bytes` };
  if (bytes > mostBytes)
    return { code, path, found: `${bytes} bytes (in UTF-8)`, allowed: `a name of 1 to ${mostBytes} bytes` };
  if (controls.test(name) || /\p{Surrogate}/u.test(name))
    return { code, path, found: shown(name), allowed: 'a name without line ends and control characters' };
  // Some drivers and tools normalise, some don't: then the name is not found.
  if (name.normalize('NFC') !== name)
    return {
      code,
      path,
      found: shown(name),
      allowed: 'composed characters (Unicode NFC)',
      instead: `Write ${shown(name.normalize('NFC'))}.`,
    };
  return undefined;
}

/**
 * libpq takes a database name with `=`, or one that begins as a URI, for a whole connection string, and
 * node-postgres does not decode `/?#` in the path of a URI (pg-connection-string, decodeURI).
 */
export function breaksConnectionStrings(name: string): boolean {
  return /[=/?#]/.test(name);
}
