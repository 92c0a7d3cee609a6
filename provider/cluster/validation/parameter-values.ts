/** Values of parameters. A value that the server refuses at start would be a cluster that does not come up. */
import { clusterWideLeast } from '../../config/parameter-owned';
import { enumValue, parameterFacts, parseBoolean } from '../../config/parameter-facts';
import type { ParameterFact } from '../../config/parameter-facts';
import { formatSetting, parseSetting, unitsFor } from '../../config/quantity';
import { defaultImage } from '../defaults';
import type { ResolvedArgs } from '../resolved';
import { isUnknown } from '../spec';
import { known } from './check';
import type { Problem } from './problem';
import { anyOf, didYouMean, shown } from './words';

type ValueProblem = Omit<Problem, 'path'> | undefined;

/** Libraries of the image that make sense in a preload list. */
const libraries = [
  'auth_delay',
  'auto_explain',
  'passwordcheck',
  'pg_cron',
  'pg_partman_bgw',
  'pg_prewarm',
  'pg_stat_statements',
  'pgaudit',
];
/** Locales of the image: it has no others, and a database's collation is not among these parameters. */
const locales = ['C', 'C.UTF-8', 'C.utf8', 'POSIX'];

export function valueProblem(name: string, value: string, version: number, args: ResolvedArgs): ValueProblem {
  const code = 'parameter-value';
  if (/[\0\n\r]/.test(value))
    return { code, found: shown(value), allowed: 'a text on one line, without NUL' };
  const fact = parameterFacts(version).get(name);
  switch (fact?.type) {
    case 'bool':
      return parseBoolean(value) === undefined
        ? { code, found: shown(value), allowed: 'on or off' }
        : undefined;
    case 'enum':
      return enumProblem(value, fact);
    case 'integer':
    case 'real':
      return numberProblem(name, value, fact);
    default:
      return textProblem(name, value, version, args);
  }
}

function enumProblem(value: string, fact: ParameterFact): ValueProblem {
  const values = fact.values ?? [];
  if (values.some((allowed) => allowed.toLowerCase() === enumValue(value) || allowed === value.toLowerCase()))
    return undefined;
  const instead = didYouMean(value, values);
  return {
    code: 'parameter-value',
    found: shown(value),
    allowed: anyOf(values),
    ...(instead ? { instead } : {}),
  };
}

function numberProblem(name: string, value: string, fact: ParameterFact): ValueProblem {
  const { unit, type } = fact;
  const parsed = parseSetting(value, unit);
  const number = type === 'integer' && parsed !== undefined ? Math.round(parsed) : parsed;
  const clusterLeast = parseSetting(clusterWideLeast.get(name) ?? '', unit);
  const least = Math.max(Number(fact.min), clusterLeast ?? -Infinity);
  if (number !== undefined && number >= least && number <= Number(fact.max)) return undefined;
  const most = Number(fact.max);
  const range =
    most > Number.MAX_SAFE_INTEGER
      ? `${formatSetting(least, unit)} or more`
      : `from ${formatSetting(least, unit)} to ${formatSetting(most, unit)}`;
  const units = unit === undefined ? '' : `, with a unit: ${anyOf(unitsFor(unit))}`;
  const why =
    clusterLeast !== undefined && number !== undefined && number < least
      ? ' (for less, Patroni silently takes its default)'
      : '';
  return {
    code: 'parameter-value',
    found: shown(value),
    allowed: `${type === 'integer' ? 'a whole number' : 'a number'}, ${range}${units}${why}`,
    ...unitSlip(value, unit),
  };
}

/** `4gb`, `64 M`, `512Mi`: units of others, or in the wrong case of letters. */
function unitSlip(value: string, unit: string | undefined): { instead?: string } {
  if (unit === undefined || parseSetting(value, unit) !== undefined) return {};
  const [, number, letters = ''] = /^\s*(\d+)\s*([A-Za-z]+)\s*$/.exec(value) ?? [];
  const meant = unitsFor(unit).find((allowed) => {
    const [a, b] = [allowed.toLowerCase(), letters.toLowerCase()];
    return a === b || a[0] + 'i' === b || a[0] + 'ib' === b || (a.length === 2 && a[0] === b);
  });
  return meant === undefined || number === undefined ? {} : { instead: `Did you mean "${number}${meant}"?` };
}

function textProblem(name: string, value: string, version: number, args: ResolvedArgs): ValueProblem {
  const code = 'parameter-value';
  const ownImage = (args.image ?? defaultImage) === defaultImage;
  if (/^(shared|session|local)_preload_libraries$/.test(name) && ownImage) {
    const listed = value
      .split(',')
      .map((library) => library.trim())
      .filter((library) => library !== '');
    const strange = listed.find((library) => !libraries.includes(library));
    if (strange !== undefined)
      return {
        code: 'library-not-in-image',
        found: `${shown(strange)}, which is not in the image: PostgreSQL would not start`,
        allowed: anyOf(libraries),
        ...(didYouMean(strange, libraries) ? { instead: didYouMean(strange, libraries)! } : {}),
      };
  }
  if (
    /^lc_(messages|monetary|numeric|time)$/.test(name) &&
    ownImage &&
    value !== '' &&
    !locales.includes(value)
  )
    return { code, found: `${shown(value)}, a locale that is not in the image`, allowed: anyOf(locales) };
  if ((name === 'timezone' || name === 'log_timezone') && !isTimeZone(value))
    return { code, found: shown(value), allowed: 'a time zone, for example "UTC" or "Europe/Berlin"' };
  if (
    name === 'datestyle' &&
    !/^\s*((iso|postgres|sql|german|mdy|dmy|ymd|us|euro\w*|noneuro\w*)\s*,?\s*){1,2}$/i.test(value)
  )
    return { code, found: shown(value), allowed: 'a style and an order, for example "ISO, MDY"' };
  if (name === 'log_connections' && version >= 18 && !isLogConnections(value))
    return {
      code,
      found: shown(value),
      allowed: 'on, off, or a list of receipt, authentication, authorization and setup_durations, or all',
    };
  return undefined;
}

function isLogConnections(value: string): boolean {
  if (value.trim() === '' || parseBoolean(value) !== undefined || value.trim().toLowerCase() === 'all')
    return true;
  const options = ['receipt', 'authentication', 'authorization', 'setup_durations'];
  return value.split(',').every((option) => options.includes(option.trim().toLowerCase()));
}

function isTimeZone(value: string): boolean {
  // POSIX forms: `EST5EDT`, `<+03>-3`.
  if (/^(<[+-]?\w+>|[A-Za-z]{3,})[+-]?\d/.test(value)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** Values that PostgreSQL would take and that break what the cluster promises. */
export function refusedByTheCluster(name: string, value: string, args: ResolvedArgs): ValueProblem {
  const lower = value.toLowerCase();
  const mode = known(args.synchronous) ?? 'async';
  if (name === 'wal_level' && lower === 'minimal')
    return {
      code: 'parameter-value',
      found: '"minimal"',
      allowed: 'replica or logical: a replica streams WAL',
    };
  if (name === 'ssl_min_protocol_version' && !/^tlsv1\.[23]$/.test(lower))
    return { code: 'parameter-value', found: shown(value), allowed: 'TLSv1.2 or TLSv1.3' };
  if (name === 'ssl_max_protocol_version' && !/^(|tlsv1\.[23])$/.test(lower))
    return { code: 'parameter-value', found: shown(value), allowed: 'TLSv1.2, TLSv1.3 or nothing' };
  if (
    name === 'synchronous_commit' &&
    !isUnknown(mode) &&
    mode !== 'async' &&
    ['off', 'local', 'false', 'no', '0'].includes(lower)
  )
    return {
      code: 'synchronous-commit-defeats-mode',
      found: `${shown(value)} with synchronous: "${mode}"`,
      allowed: 'on, remote_apply or remote_write, or commits would not wait for a replica',
      instead: 'SET synchronous_commit in the transactions that may be lost.',
    };
  return undefined;
}
