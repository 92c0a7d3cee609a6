/** `pgha show events`: what was done to a cluster, by whom and when. Pure. */
import type { Entry } from '../../actions/core/journal';
import { columns } from './columns';

export function eventsText(cluster: string, entries: readonly Entry[]): string {
  if (entries.length === 0) return `cluster ${cluster}: nothing is recorded\n`;
  const head = ['BEGUN (UTC)', 'TOOK', 'WHAT', 'STATE', 'BY', 'TRIGGER'];
  const rows = entries.map(({ started, ended, kind, state, by, trigger, once }) => [
    started.slice(0, 19).replace('T', ' '),
    ended ? `${Math.round((Date.parse(ended) - Date.parse(started)) / 1000)} s` : '-',
    kind,
    state,
    by,
    // That of a converging action is a hash of what is wanted, which tells nobody anything.
    once ? trigger : '-',
  ]);
  const table = columns([head, ...rows]).split('\n');
  const lines = entries.flatMap(({ done, message }, index) => [
    table[index + 1]!,
    ...done.map((text) => `    ${text}`),
    ...(message ? [`    ${message.split('\n')[0]!}`] : []),
  ]);
  return [table[0]!, ...lines, ''].join('\n');
}
