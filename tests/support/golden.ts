/** Golden files: what a part makes, kept and compared. `npm run test:golden-update` writes them anew. */
import * as assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..', 'golden');

/** Compares with `tests/golden/NAME`. */
export function golden(name: string, actual: string): void {
  const path = join(root, name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  const advice = 'If the change is meant: npm run test:golden-update, and read the diff.';
  assert.ok(existsSync(path), `tests/golden/${name} does not exist. ${advice}`);
  const expected = readFileSync(path, 'utf8');
  if (actual !== expected)
    assert.fail(`tests/golden/${name} differs ${firstDifference(actual, expected)}. ${advice}`);
}

function firstDifference(actual: string, expected: string): string {
  const [now, before] = [actual.split('\n'), expected.split('\n')];
  const n = now.findIndex((line, index) => line !== before[index]);
  const line = n < 0 ? now.length : n;
  return `in line ${line + 1}: now ${JSON.stringify(now[line] ?? '')}, in the file ${JSON.stringify(before[line] ?? '')}`;
}
