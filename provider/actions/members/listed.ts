/** Lists of members in ConfigMap NAME-config, which the agents watch (config/scripts/fencing.py): who is fenced, who leaves. Pure. */
import type { ConfigMap } from '../../live/kinds';

/** A key of the ConfigMap with a list of members' names. */
export type ListKey = 'fenced.json' | 'leaving.json';

export function listedMembers(settings: ConfigMap | undefined, key: ListKey): string[] {
  try {
    const value: unknown = JSON.parse(settings?.data?.[key] ?? '[]');
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  } catch {
    return []; // edited by hand into something else; the agents then read nothing out of it either
  }
}

export function listText(members: readonly string[]): string {
  return `${JSON.stringify([...members].sort())}\n`;
}
