/**
 * Passwords. They are secret, so they are no part of `ResolvedArgs`, and a problem holds nothing of
 * one. A password is accepted when every client sends the same bytes for it. SCRAM wants SASLprep (RFC
 * 4013), which libpq and pgJDBC do, each with an own idea of what to do when it is prohibited, and
 * node-postgres and others don't: so only characters that SASLprep leaves as they are.
 */
import { isUnknown } from '../spec';
import type { Problem } from './problem';
import data from './saslprep-data.json';

/** A password and the argument it came from. */
export interface GivenPassword {
  readonly path: string;
  readonly value: string;
}

/** libpq's limit for a line of a password file and a password prompt is higher; PgBouncer's is 2047. */
const mostCharacters = 1000;

export function validatePasswords(passwords: readonly GivenPassword[]): Problem[] {
  return passwords.flatMap(({ path, value }) => {
    if (isUnknown(value)) return [];
    const found = whatIsWrong(value);
    return found === undefined ? [] : [{ code: 'password', path, found, allowed, instead }];
  });
}

const allowed = `1 to ${mostCharacters} characters, none of them a control character or one that clients encode in different ways`;
const instead =
  'Letters, digits and the punctuation of ASCII always work; or leave it out and one is generated.';

function whatIsWrong(password: unknown): string | undefined {
  if (typeof password !== 'string') return 'something that is no text';
  if (password === '') return 'an empty password';
  if (password.length > mostCharacters) return `${password.length} characters`;
  if (password.includes('\0')) return 'a NUL character';
  if (/[\n\r]/.test(password))
    return 'a line end; a password file has one line a password, and Secrets read from files often end in one';
  // eslint-disable-next-line no-control-regex -- to find them is the point
  if (/[\u0000-\u001f\u007f-\u009f]/.test(password)) return 'a control character';
  if (
    [...password].some((character) => !isKept(character.codePointAt(0)!)) ||
    password.normalize('NFKC') !== password
  )
    return 'a character that clients encode in different ways (RFC 4013)';
  return undefined;
}

/**
 * Code points that SASLprep keeps and that have no right-to-left rule, as sorted ranges in hexadecimal.
 * Made from Python's stringprep and unicodedata.ucd_3_2_0: none of tables A.1, B.1, C.1.2 to C.9 and D.1
 * of RFC 3454, and NFKC of itself.
 */
const kept: readonly (readonly [number, number])[] = data.map((range) => {
  const [first = '', last = first] = range.split('-');
  return [parseInt(first, 16), parseInt(last, 16)];
});

function isKept(point: number): boolean {
  return kept.some(([first, last]) => point >= first && point <= last);
}
