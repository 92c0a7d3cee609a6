/**
 * What PostgreSQL itself says of its parameters: `pg_settings` of the servers in the image, by
 * major version. The data is made by the image's build, never by hand.
 */
import { isUnknown } from '../cluster/spec';
import data from './parameters-data.json';
import { parseSetting } from './quantity';

export interface ParameterFact {
  /** `bool`, `integer`, `real`, `string` or `enum`. */
  readonly type: string;
  /** When it may change: `postmaster` only with a restart, `internal` never, the others by a reload. */
  readonly context: string;
  readonly unit?: string;
  readonly min?: string;
  readonly max?: string;
  readonly values?: readonly string[];
  readonly default?: string;
}

const newest = 18;
const facts: Readonly<Record<string, Readonly<Record<string, ParameterFact>>>> = data;

/** Parameters of a major version by name in lower case; of the newest one while the version is not known. */
export function parameterFacts(version: number): ReadonlyMap<string, ParameterFact> {
  const key = isUnknown(version) ? newest : version;
  const known = byVersion.get(key) ?? byVersion.get(newest);
  if (!known) throw new Error(`parameters-data.json has no PostgreSQL ${newest}`);
  return known;
}

// pg_settings prints three names in mixed case (DateStyle, IntervalStyle, TimeZone).
const byVersion: ReadonlyMap<number, ReadonlyMap<string, ParameterFact>> = new Map(
  Object.entries(facts).map(([version, parameters]) => [
    Number(version),
    new Map(Object.entries(parameters).map(([name, fact]) => [name.toLowerCase(), fact])),
  ]),
);

/** Whether only a restart changes the parameter. Parameters of unknown modules reload. */
export function needsRestart(name: string, version: number): boolean {
  return parameterFacts(version).get(name.toLowerCase())?.context === 'postmaster';
}

/** Whether two texts mean the same value of a parameter: "64MB", "65536kB" and, for shared_buffers, "8192". */
export function sameSetting(name: string, a: string, b: string): boolean {
  if (a === b) return true;
  const fact = parameterFacts(newest).get(name.toLowerCase());
  const [left, right] = [canonical(a, fact, name), canonical(b, fact, name)];
  return left !== undefined && left === right;
}

function canonical(text: string, fact: ParameterFact | undefined, name: string): string | undefined {
  switch (fact?.type) {
    case 'bool': {
      const value = parseBoolean(text);
      return value === undefined ? undefined : String(value);
    }
    case 'integer': {
      const value = parseSetting(text, fact.unit);
      return value === undefined ? undefined : String(Math.round(value));
    }
    case 'real': {
      const value = parseSetting(text, fact.unit);
      return value === undefined ? undefined : String(value);
    }
    case 'enum':
      return enumValue(text);
    default:
      // The only restart-only texts that are lists; spaces after the commas mean nothing.
      return name.endsWith('_libraries') ? text.replace(/\s*,\s*/g, ',').trim() : text;
  }
}

/** As parse_bool in PostgreSQL: any unambiguous beginning, in any case of letters. */
export function parseBoolean(text: string): boolean | undefined {
  const lower = text.trim().toLowerCase();
  if (lower === '') return undefined;
  const begins = (word: string, least = 1) => lower.length >= least && word.startsWith(lower);
  if (begins('true') || begins('yes') || begins('on', 2) || lower === '1') return true;
  if (begins('false') || begins('no') || begins('off', 2) || lower === '0') return false;
  return undefined;
}

/** Enums that were booleans once take on and off in every spelling, but not the beginnings of words. */
const enumSynonyms: Readonly<Record<string, string>> = {
  true: 'on',
  yes: 'on',
  '1': 'on',
  false: 'off',
  no: 'off',
  '0': 'off',
};

/** The enum value that a text means, in lower case. */
export function enumValue(text: string): string {
  const lower = text.trim().toLowerCase();
  return enumSynonyms[lower] ?? lower;
}
