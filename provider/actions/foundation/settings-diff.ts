/** What changes between two contents of a ConfigMap, in words: each parameter with old → new and what it takes. Pure. */
import { parse } from 'yaml';
import { needsRestart, sameSetting } from '../../config/parameter-facts';
import { stable } from '../../manifests/fingerprint';

type Data = Readonly<Record<string, string>>;

export function contentChanges(has: Data, wants: Data, postgresVersion: number): string[] {
  const keys = [...new Set([...Object.keys(has), ...Object.keys(wants)])].sort();
  return (
    keys
      // A key that somebody else has put there stays.
      .filter((key) => wants[key] !== undefined && has[key] !== wants[key])
      .flatMap((key) => {
        if (has[key] === undefined) return [`${key} is new`];
        const changes =
          key === 'dcs.yaml'
            ? dcsChanges(has[key], wants[key]!, postgresVersion)
            : key === 'members.yaml'
              ? memberChanges(has[key], wants[key]!, postgresVersion)
              : [];
        return changes.length > 0 ? changes : [`${key} changes`];
      })
  );
}

interface Dcs {
  readonly postgresql?: {
    readonly parameters?: Record<string, unknown>;
    readonly pg_hba?: unknown[];
    readonly pg_ident?: unknown[];
  };
}

function dcsChanges(has: string, wants: string, version: number): string[] {
  const [a, b] = [parsed<Dcs>(has), parsed<Dcs>(wants)];
  if (!a || !b) return ['dcs.yaml is replaced: it was not YAML'];
  const { postgresql: left = {}, ...patroniLeft } = a;
  const { postgresql: right = {}, ...patroniRight } = b;
  return [
    ...parameterChanges(left.parameters ?? {}, right.parameters ?? {}, version),
    ...(['pg_hba', 'pg_ident'] as const)
      .filter((key) => stable(left[key] ?? []) !== stable(right[key] ?? []))
      .map((key) => `${key} changes (reload)`),
    ...changes(patroniLeft, patroniRight).map(([name, from, to]) => `${name} ${from} → ${to}`),
  ];
}

function memberChanges(has: string, wants: string, version: number): string[] {
  const [a, b] = [
    parsed<Record<string, Record<string, unknown>>>(has) ?? {},
    parsed<Record<string, Record<string, unknown>>>(wants) ?? {},
  ];
  const members = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return members.flatMap((member) =>
    parameterChanges(a[member] ?? {}, b[member] ?? {}, version).map((text) => `${member}: ${text}`),
  );
}

function parameterChanges(
  has: Record<string, unknown>,
  wants: Record<string, unknown>,
  version: number,
): string[] {
  return changes(has, wants)
    .filter(([name, from, to]) => !sameSetting(name, from, to))
    .map(
      ([name, from, to]) => `${name} ${from} → ${to} (${needsRestart(name, version) ? 'restart' : 'reload'})`,
    );
}

function changes(
  has: Readonly<Record<string, unknown>>,
  wants: Readonly<Record<string, unknown>>,
): [string, string, string][] {
  const keys = [...new Set([...Object.keys(has), ...Object.keys(wants)])].sort();
  return keys
    .filter((key) => stable(has[key] ?? null) !== stable(wants[key] ?? null))
    .map((key) => [key, text(has[key]), text(wants[key])]);
}

function text(value: unknown): string {
  if (value === undefined || value === null) return 'default';
  return typeof value === 'object' ? stable(value) : String(value);
}

function parsed<T>(content: string): T | undefined {
  try {
    const value: unknown = parse(content);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
