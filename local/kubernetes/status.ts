// What runs, as a table, and whether it can be used.
import { processStart } from '../build/lock';
import * as fs from 'node:fs';
import { imageMarker } from './node';
import { problems } from './own-cluster';
import { knownServices, runningPid } from './processes';
import { nodes } from './settings';

export interface ComponentState {
  name: string;
  pid: number | undefined;
  seconds: number | undefined;
  megabytes: number | undefined;
}

/** USER_HZ, in which proc(5) counts, is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

export function componentStates(): ComponentState[] {
  if (!knownServices().length) return [];
  const uptime = Number(fs.readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return knownServices().map((name) => {
    const pid = runningPid(name);
    if (pid === undefined) return { name, pid, seconds: undefined, megabytes: undefined };
    const pages = Number(fs.readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return {
      name,
      pid,
      seconds: Math.max(0, uptime - Number(processStart(pid)) / ticksPerSecond),
      megabytes: Math.round((pages * 4096) / 1_000_000),
    };
  });
}

export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function age(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.floor(seconds)}s`;
  return minutes < 120 ? `${minutes}m` : `${Math.floor(minutes / 60)}h`;
}

export async function statusReport(): Promise<{ text: string; healthy: boolean }> {
  const states = componentStates();
  const found = await problems();
  const rows = states.map(({ name, pid, seconds, megabytes }) =>
    pid === undefined
      ? [name, 'ended', '-', '-', '-']
      : [name, 'runs', String(pid), age(seconds ?? 0), `${megabytes} MB`],
  );
  const images = nodes().map((node) =>
    fs.existsSync(imageMarker(node)) ? fs.readFileSync(imageMarker(node), 'utf8') : 'none',
  );
  const lines = [
    ...(rows.length
      ? [
          table([['COMPONENT', 'STATE', 'PID', 'AGE', 'MEMORY'], ...rows]),
          `images: ${[...new Set(images)].join(', ')}`,
        ]
      : []),
    found.length
      ? `the local cluster cannot be used: ${found.join('; ')}`
      : `the local cluster is healthy: ${nodes().length} nodes ready`,
  ];
  return { text: lines.join('\n'), healthy: !found.length };
}
