/** A file has one subject and about 300 lines; beyond 320 it must be split. */
import type { Problem } from './problem';
import type { Source } from './sources';

const wished = 300;
const most = 320;
const counted = /\.(ts|mts|cts|js|mjs|cjs|py|go|sh)$/;
/** Data that stands as a program text, with its reason. */
const exempt: readonly RegExp[] = [/^sdk\//];

export function lengthProblems({ path, text }: Source): Problem[] {
  if (!counted.test(path) || exempt.some((pattern) => pattern.test(path))) return [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines <= wished) return [];
  const message = `${lines} lines, where ${wished} is the measure and ${most} the limit: split it by subject`;
  return [{ file: path, line: wished, rule: 'file-length', message, warning: lines <= most }];
}
