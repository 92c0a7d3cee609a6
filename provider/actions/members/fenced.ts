/** Which members are fenced: a key of ConfigMap NAME-config, which the agents watch (config/scripts/fencing.py). Pure. */
import type { ConfigMap } from '../../live/kinds';

/** A list of members' names. */
export const fencedKey = 'fenced.json';

export function fencedMembers(settings: ConfigMap | undefined): string[] {
  try {
    const value: unknown = JSON.parse(settings?.data?.[fencedKey] ?? '[]');
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  } catch {
    return []; // edited by hand into something else; the agents then read nothing out of it either
  }
}

export function fencedText(members: readonly string[]): string {
  return `${JSON.stringify([...members].sort())}\n`;
}
