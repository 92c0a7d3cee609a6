/** Quantities of Kubernetes and values with units of PostgreSQL, to numbers and back. */

const binary = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 };
const decimal = { n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 };
const kubernetesSuffixes: Readonly<Record<string, number>> = { ...decimal, ...binary };

/**
 * A Kubernetes quantity as a number (bytes, cores), or undefined when it is none. The grammar is
 * apimachinery's (pkg/api/resource/quantity.go): a signed decimal and a suffix or an exponent.
 */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([A-Za-z]{0,2}))$/.exec(text);
  if (!match) return undefined;
  const [, number = '', exponent, suffix = ''] = match;
  if (exponent !== undefined) return Number(number + exponent);
  const factor = kubernetesSuffixes[suffix];
  return factor === undefined ? undefined : Number(number) * factor;
}

/** Bytes as Kubernetes quantities are usually written, for messages: the largest binary unit that divides. */
export function formatQuantity(bytes: number): string {
  for (const [suffix, factor] of Object.entries(binary).reverse())
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${suffix}`;
  return String(bytes);
}

/** Bytes as people read them: one decimal of the largest binary unit. */
export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes > 0 ? Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1) : 0;
  return `${(bytes / 2 ** (10 * power)).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** Units of PostgreSQL are case-sensitive (src/backend/utils/misc/guc.c, memory_unit_conversion_table). */
const memoryUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
};
/** In milliseconds. */
const timeUnits: Readonly<Record<string, number>> = {
  us: 1e-3,
  ms: 1,
  s: 1e3,
  min: 6e4,
  h: 3.6e6,
  d: 8.64e7,
};

export type UnitKind = 'memory' | 'time';

interface BaseUnit {
  readonly kind: UnitKind;
  readonly size: number;
}

/** A unit as `pg_settings.unit` has it: `8kB`, `ms`, `MB`… */
function baseUnit(unit: string): BaseUnit | undefined {
  const [, count = '', name = ''] = /^(\d*)([A-Za-z]+)$/.exec(unit) ?? [];
  const factor = count === '' ? 1 : Number(count);
  const memory = memoryUnits[name];
  if (memory !== undefined) return { kind: 'memory', size: memory * factor };
  const time = timeUnits[name];
  return time === undefined ? undefined : { kind: 'time', size: time * factor };
}

/**
 * The number that PostgreSQL makes of a text for a parameter whose base unit is `unit`, or
 * undefined when it refuses it. As in parse_int and parse_real: hexadecimal and octal integers,
 * decimals, spaces before the unit, and no unit where the parameter has none.
 */
export function parseSetting(text: string, unit?: string): number | undefined {
  const match =
    /^\s*([+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))\s*([A-Za-z]*)\s*$/.exec(text);
  if (!match) return undefined;
  const [, digits = '', suffix = ''] = match;
  const number = parseNumber(digits);
  if (suffix === '') return number;
  const base = unit === undefined ? undefined : baseUnit(unit);
  if (!base) return undefined;
  const factor = (base.kind === 'memory' ? memoryUnits : timeUnits)[suffix];
  return factor === undefined ? undefined : (number * factor) / base.size;
}

function parseNumber(digits: string): number {
  const sign = digits.startsWith('-') ? -1 : 1;
  const plain = digits.replace(/^[+-]/, '');
  if (/^0[0-7]+$/.test(plain)) return sign * parseInt(plain, 8);
  return sign * Number(plain);
}

/** The units that a parameter with the base unit `unit` takes, for messages. */
export function unitsFor(unit: string): string[] {
  const base = baseUnit(unit);
  if (!base) return [];
  return Object.keys(base.kind === 'memory' ? memoryUnits : timeUnits);
}

/** A number in base units as text with the largest unit that divides it, as `SHOW` prints it. */
export function formatSetting(value: number, unit?: string): string {
  const base = unit === undefined ? undefined : baseUnit(unit);
  // 0 and -1 mostly mean "off" or "as needed": a unit would hide that.
  if (!base || value <= 0) return String(value);
  const amount = value * base.size;
  const units = Object.entries(base.kind === 'memory' ? memoryUnits : timeUnits).reverse();
  for (const [name, size] of units)
    if (amount >= size && amount % size === 0) return `${amount / size}${name}`;
  return String(value);
}

/** Bytes as a PostgreSQL memory value. Rounded down to whole kB: no memory setting of ours needs finer. */
export function formatMemory(bytes: number): string {
  return formatSetting(Math.floor(bytes / 1024), 'kB');
}

/** A PostgreSQL memory value as bytes; a bare number is in `unit`. */
export function parseMemory(text: string, unit: string): number | undefined {
  const value = parseSetting(text, unit);
  const base = baseUnit(unit);
  return value === undefined || base?.kind !== 'memory' ? undefined : value * base.size;
}
