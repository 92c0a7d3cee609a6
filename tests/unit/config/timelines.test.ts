/** Which backups a restore along a timeline may take; lengths of time. */
import assert from 'node:assert/strict';
import { parseDuration } from '../../../provider/config/duration';
import { usableBackups } from '../../../provider/config/timelines';

const backup = (label: string, timeline: number, lsnStop: string | null) => ({
  label,
  type: 'full',
  stop: 0,
  walStart: null,
  walStop: `0000000${timeline}0000000000000005`,
  lsnStop,
  databaseBytes: 1,
});
const all = [
  backup('first', 1, '0/5000050'),
  backup('left', 1, '0/9000000'),
  backup('undone', 2, '0/9500000'),
  backup('now', 3, '0/A000000'),
];
/** Timeline 1 was left at 0/6000000 for 3; 2 is one that was undone. */
const history = '[[1,100663296,"no recovery target specified","2026-11-24T08:00:00Z","hippo-1-0"]]';

describe('backups along a timeline', () => {
  const cases: [string, number | undefined, string | undefined, string[]][] = [
    ['its own, and those of an ancestor that ended before it was left', 3, history, ['first', 'now']],
    ['of the first timeline, its own alone', 1, undefined, ['first', 'left']],
    ['all, where the timeline is not known', undefined, history, ['first', 'left', 'undone', 'now']],
    ['its own, where the history is not readable', 3, '[', ['now']],
    ['none, where there is none', 4, '[]', []],
  ];
  for (const [title, timeline, text, expected] of cases)
    it(title, () =>
      assert.deepEqual(
        usableBackups(all, timeline, text).map(({ label }) => label),
        expected,
      ),
    );
});

describe('a length of time', () => {
  for (const [text, seconds] of [
    ['90min', 5400],
    ['36h', 129_600],
    ['7d', 604_800],
    ['30s', 30],
    ['0', 0],
    ['5', undefined],
    ['-1d', undefined],
    ['1 day', undefined],
    ['', undefined],
  ] as const)
    it(`"${text}" is ${seconds ?? 'none'}`, () => assert.equal(parseDuration(text), seconds));
});
