import assert from 'node:assert/strict';

/** The plan of an action on hippo, from the diagnostics at the end of pulumi's output: its digest, then its steps. */
export function planIn(kind: string, output: string): string[] {
  const lines = output.slice(output.lastIndexOf('Diagnostics:')).split('\n');
  const start = lines.findIndex((line) => new RegExp(`^\\s+${kind} of hippo, plan [0-9a-f]+:$`).test(line));
  assert.ok(start >= 0, output);
  const end = lines.findIndex((line, index) => index > start && line.trim() === '');
  return lines.slice(start, end).map((line) => line.trim());
}
