/**
 * Shapes of arguments as data: which keys there are, of which type, from where to where. A program in
 * YAML or Python has no compiler that would notice; and whatever is wrong here is made UNKNOWN for the
 * other validators, so that they can rely on the types.
 */
import { isUnknown, UNKNOWN } from '../spec';
import type { Problem } from './problem';
import { anyOf, didYouMean, shown } from './words';

interface Base {
  /** It decides which resources exist, so a preview must know it. */
  readonly plain?: boolean;
}

export type Shape = Base &
  (
    | { readonly kind: 'text' | 'flag' }
    | { readonly kind: 'scalar' }
    | { readonly kind: 'whole'; readonly least: number; readonly most?: number; readonly of?: string }
    | { readonly kind: 'choice'; readonly values: readonly (string | number)[] }
    | { readonly kind: 'list'; readonly item: Shape }
    | { readonly kind: 'map'; readonly value: Shape }
    | {
        readonly kind: 'object';
        readonly fields: Readonly<Record<string, Shape>>;
        readonly required?: readonly string[];
      }
  );

/** What the value is, for the other validators, and what is wrong with it. */
export interface Shaped {
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

export function shaped(shape: Shape, value: unknown, path: string): Shaped {
  // YAML and Python give null for what is left out.
  if (value === undefined || value === null) return { value: undefined, problems: [] };
  if (isUnknown(value)) return shape.plain === true ? notKnown(path) : { value: UNKNOWN, problems: [] };
  switch (shape.kind) {
    case 'list':
      return Array.isArray(value) ? listOf(shape.item, value, path) : wrong(shape, value, path);
    case 'map':
      return isMap(value) ? mapOf(shape.value, value, path) : wrong(shape, value, path);
    case 'object':
      return isMap(value) ? objectOf(shape, value, path) : wrong(shape, value, path);
    default:
      return isScalarOf(shape, value) ? { value, problems: [] } : wrong(shape, value, path);
  }
}

function isScalarOf(shape: Shape, value: unknown): boolean {
  switch (shape.kind) {
    case 'text':
      return typeof value === 'string';
    case 'scalar':
      return ['string', 'number', 'boolean'].includes(typeof value);
    case 'flag':
      return typeof value === 'boolean';
    case 'whole':
      return (
        Number.isSafeInteger(value) &&
        (value as number) >= shape.least &&
        (value as number) <= (shape.most ?? Infinity)
      );
    case 'choice':
      return shape.values.some((allowed) => allowed === value);
    default:
      return false;
  }
}

function listOf(shape: Shape, values: readonly unknown[], path: string): Shaped {
  return joined(
    values.map((value, n) => shaped(shape, value ?? '', `${path}[${n}]`)),
    (parts) => parts,
  );
}

function mapOf(shape: Shape, values: Readonly<Record<string, unknown>>, path: string): Shaped {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  const parts = given.map(([key, value]) => shaped(shape, value, `${path}.${key}`));
  return joined(parts, (inner) => Object.fromEntries(given.map(([key], n) => [key, inner[n]])));
}

function objectOf(
  shape: Shape & { kind: 'object' },
  values: Readonly<Record<string, unknown>>,
  path: string,
): Shaped {
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  const keys = Object.keys(shape.fields);
  const strange = Object.keys(values).filter((key) => !(key in shape.fields) && values[key] !== undefined);
  const absent = (shape.required ?? []).filter((key) => values[key] === undefined || values[key] === null);
  const parts = keys.map((key) => shaped(shape.fields[key]!, values[key], at(key)));
  const whole = joined(parts, (inner) => {
    const present = keys.map((key, n) => [key, inner[n]] as const).filter(([, value]) => value !== undefined);
    // What is required and absent was said; the others need not stumble over it.
    return Object.fromEntries([...present, ...absent.map((key) => [key, UNKNOWN] as const)]);
  });
  const problems = [
    ...strange.map((key) => ({
      code: 'unknown-argument',
      path: at(key),
      found: 'an argument that does not exist',
      allowed: anyOf(keys),
      ...suggestion(didYouMean(key, keys)),
    })),
    ...absent.map((key) => ({
      code: 'missing-argument',
      path: at(key),
      found: 'nothing',
      allowed: describe(shape.fields[key]!),
    })),
  ];
  return { value: whole.value, problems: [...problems, ...whole.problems] };
}

function joined(parts: readonly Shaped[], whole: (values: unknown[]) => unknown): Shaped {
  return {
    value: whole(parts.map(({ value }) => value)),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

function notKnown(path: string): Shaped {
  const problem = {
    code: 'not-known-in-preview',
    path,
    found: 'a value that is known only during up',
    allowed: 'a value that the preview knows, since it decides which resources exist',
    instead: 'Write it in the program or in the stack configuration.',
  };
  return { value: undefined, problems: [problem] };
}

function wrong(shape: Shape, value: unknown, path: string): Shaped {
  const structure = shape.kind === 'list' || shape.kind === 'map' || shape.kind === 'object';
  const problem = {
    code:
      shape.kind === 'choice'
        ? 'not-a-choice'
        : shape.kind === 'whole'
          ? 'not-a-number-in-range'
          : 'wrong-type',
    path,
    found: shown(value),
    allowed: describe(shape),
    ...(shape.kind === 'choice' && typeof value === 'string'
      ? suggestion(didYouMean(value, shape.values.map(String)))
      : {}),
  };
  return { value: structure || shape.plain === true ? undefined : UNKNOWN, problems: [problem] };
}

function describe(shape: Shape): string {
  switch (shape.kind) {
    case 'text':
      return 'a text';
    case 'scalar':
      return 'a text, a number or a boolean';
    case 'flag':
      return 'true or false';
    case 'whole': {
      const range =
        shape.most === undefined ? `${shape.least} or more` : `from ${shape.least} to ${shape.most}`;
      return `a whole number${shape.of === undefined ? '' : ` of ${shape.of}`}, ${range}`;
    }
    case 'choice':
      return anyOf(shape.values.map(shown));
    case 'list':
      return `a list, each item ${describe(shape.item)}`;
    case 'map':
      return `a map of names to ${shape.value.kind === 'map' ? 'maps' : 'texts'}`;
    case 'object':
      return `an object with ${anyOf(Object.keys(shape.fields))}`;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function suggestion(instead: string | undefined): { instead?: string } {
  return instead === undefined ? {} : { instead };
}
