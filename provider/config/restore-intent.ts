/** What a restore in place asks of the members: a key of ConfigMap NAME-config (config/scripts/in_place_intent.py). Pure. */

export const intentKey = 'restore.json';

export interface RestoreIntent {
  /** Of the run: it names what members keep on their volumes. */
  readonly id: string;
  /** A failed one is made again only when this grows. */
  readonly attempt: number;
  /** `leader`: that member is restored and no other may start; `members`: the others are made anew. */
  readonly stage: 'leader' | 'members';
  readonly leader: string;
  readonly repository: number;
  /** Label of the backup; absent where there is none for replicas, which then come by base backup. */
  readonly backup?: string;
  readonly type: string;
  readonly target?: string;
  readonly timeline?: number;
  /** Of the restored data. */
  readonly bytes: number;
  /** How long the data of before are kept once the restored cluster accepts writes. */
  readonly keepSeconds: number;
  /** The restore that is undone, and whether its cluster accepted writes. */
  readonly undo?: string;
  readonly undoDone?: boolean;
}

export function readIntent(data: Readonly<Record<string, string>> | undefined): RestoreIntent | undefined {
  try {
    const found = JSON.parse(data?.[intentKey] ?? 'null') as RestoreIntent | null;
    return typeof found?.id === 'string' && typeof found.leader === 'string' ? found : undefined;
  } catch {
    return undefined; // edited by hand into something else; the members then read nothing out of it either
  }
}

export function intentText(intent: RestoreIntent): string {
  return `${JSON.stringify(intent)}\n`;
}
