/** What changes between two contents of a ConfigMap, in words: each parameter with old → new and what it takes. Pure. */
import { parse } from 'yaml';
import { needsRestart, sameSetting } from '../../config/parameter-facts';
import { stable } from '../../manifests/fingerprint';
import { changedLines } from './line-diff';

type Data = Readonly<Record<string, string>>;

/**
 * `before` is what the program said last time: what differs from it in the cluster although the program says
 * the same as then, somebody has edited there. Without it nobody knows, and nothing is said of it.
 */
export function contentChanges(has: Data, wants: Data, postgresVersion: number, before?: Data): string[] {
  const all = differences(has, wants, postgresVersion);
  if (!before) return all.map(worded);
  const byProgram = new Set(differences(before, wants, postgresVersion).map(({ about }) => about));
  return all.map((one) =>
    worded(byProgram.has(one.about) ? one : { ...one, takes: [...one.takes, 'edited in the cluster'] }),
  );
}

interface Change {
  /** What is changed, whatever it was and will be. */
  readonly about: string;
  readonly text: string;
  readonly takes: readonly string[];
}

function worded({ text, takes }: Change): string {
  return takes.length > 0 ? `${text} (${takes.join(', ')})` : text;
}

function plainly(text: string): Change {
  return { about: text, text, takes: [] };
}

function differences(has: Data, wants: Data, postgresVersion: number): Change[] {
  const keys = [...new Set([...Object.keys(has), ...Object.keys(wants)])].sort();
  return (
    keys
      // A key that somebody else has put there stays.
      .filter((key) => wants[key] !== undefined && has[key] !== wants[key])
      .flatMap((key) => {
        if (has[key] === undefined) return [plainly(`${key} is new`)];
        const changes =
          key === 'dcs.yaml'
            ? dcsChanges(has[key], wants[key]!, postgresVersion)
            : key === 'members.yaml'
              ? memberChanges(has[key], wants[key]!, postgresVersion)
              : [];
        return changes.length > 0 ? changes : [plainly(`${key} changes`)];
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

function dcsChanges(has: string, wants: string, version: number): Change[] {
  const [a, b] = [parsed<Dcs>(has), parsed<Dcs>(wants)];
  if (!a || !b) return [plainly('dcs.yaml is replaced: it was not YAML')];
  const { postgresql: left = {}, ...patroniLeft } = a;
  const { postgresql: right = {}, ...patroniRight } = b;
  const rest = (of: object) =>
    Object.fromEntries(
      Object.entries(of).filter(([key]) => !['parameters', 'pg_hba', 'pg_ident'].includes(key)),
    );
  return [
    ...parameterChanges(left.parameters ?? {}, right.parameters ?? {}, version),
    ...(['pg_hba', 'pg_ident'] as const).flatMap((key) => lineChanges(key, left[key], right[key])),
    ...[...changes(rest(left), rest(right)), ...changes(patroniLeft, patroniRight)].map(
      ([name, from, to]): Change => ({ about: name, text: `${name} ${from} → ${to}`, takes: [] }),
    ),
  ];
}

/** Rules are read from the top, so a line that moves is a change too: it goes, and comes elsewhere. */
function lineChanges(key: string, has: unknown[] = [], wants: unknown[] = []): Change[] {
  return changedLines(has.map(String), wants.map(String)).map(({ sign, line }) => ({
    about: `${key} ${line}`,
    text: `${key} ${sign} "${line}"`,
    takes: ['reload'],
  }));
}

function memberChanges(has: string, wants: string, version: number): Change[] {
  const [a, b] = [
    parsed<Record<string, Record<string, unknown>>>(has) ?? {},
    parsed<Record<string, Record<string, unknown>>>(wants) ?? {},
  ];
  const members = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return members.flatMap((member) =>
    parameterChanges(a[member] ?? {}, b[member] ?? {}, version).map((change) => ({
      ...change,
      about: `${member}: ${change.about}`,
      text: `${member}: ${change.text}`,
    })),
  );
}

function parameterChanges(
  has: Record<string, unknown>,
  wants: Record<string, unknown>,
  version: number,
): Change[] {
  return changes(has, wants)
    .filter(([name, from, to]) => !sameSetting(name, from, to))
    .map(([name, from, to]) => ({
      about: name,
      text: `${name} ${from} → ${to}`,
      takes: [needsRestart(name, version) ? 'restart' : 'reload'],
    }));
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
