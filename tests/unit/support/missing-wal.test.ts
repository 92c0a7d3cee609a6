import assert from 'node:assert/strict';
import { missing } from '../../support/pgbackrest';

describe('WAL that is missing between what there is', () => {
  const sum = '0123456789abcdef0123456789abcdef01234567';
  const kept = (...names: string[]): string[] =>
    names.map((name) => `18-1/${name.slice(0, 16)}/${name}-${sum}.zst`);
  const table: [string, string[], string[]][] = [
    ['nothing', [], []],
    ['of one segment', ['000000010000000000000003'], []],
    ['of two that follow each other', ['0000000100000000000000FF', '000000010000000100000000'], []],
    [
      'across 4 GB, in whatever order they are listed',
      ['000000010000000100000001', '0000000100000000000000FE'],
      ['0000000100000000000000FF', '000000010000000100000000'],
    ],
    ['never between timelines', ['000000010000000000000003', '000000020000000000000009'], []],
  ];
  for (const [what, there, expected] of table)
    it(what, () => assert.deepEqual(missing(kept(...there)), expected));
  it('never between the paths of two clusters', () => {
    const of = (generation: string, name: string) => `hippo/${generation}/archive/db/${kept(name)[0]}`;
    const there = [of('a', '000000010000000000000003'), of('b', '000000010000000000000009')];
    assert.deepEqual(missing(there), []);
    assert.deepEqual(missing([...there, of('a', '000000010000000000000005')]), ['000000010000000000000004']);
  });
  it('a name at its beginning, of a history or of nothing is none', () =>
    assert.deepEqual(missing(['00000002.history', '18-1', '']), []));
});
