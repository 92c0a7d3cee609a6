import assert from 'node:assert/strict';
import { describedOverlap, overlaps, type Probe } from '../../support/acceptors';

/** One letter a 100 ms: `+` accepted, `-` refused, `.` no answer. */
function timeline(member: string, answers: string): Probe[] {
  return [...answers].flatMap((answer, index) => {
    if (answer === '.') return [];
    return [
      { member, id: index, invoked: index * 100, completed: index * 100 + 10, accepted: answer === '+' },
    ];
  });
}

describe('two primaries', () => {
  const cases: [string, string, string, number][] = [
    ['one primary', '++++++', '------', 0],
    ['a hand-over', '+++---', '---+++', 0],
    ['a hand-over with silence', '+++...', '...+++', 0],
    ['a hand-over and back', '++------++', '---++++---', 0],
    ['both at the same time', '++++++', '--+---', 1],
    ['the old one goes on', '++++++', '---+++', 2],
    ['silence and a late write of the old one, after the new one', '++..........+', '....++++++...', 0],
  ];
  for (const [title, a, b, expected] of cases)
    it(title, () => {
      // The second member is asked 20 ms after the first.
      const other = timeline('b', b).map((p) => ({
        ...p,
        invoked: p.invoked + 20,
        completed: p.completed + 20,
      }));
      const found = overlaps([...timeline('a', a), ...other]);
      assert.equal(found.filter((overlap) => overlap.member === 'a').length, expected);
    });

  it('says who and when', () => {
    const probes = [
      ...timeline('a', '+++'),
      { member: 'b', id: 7, invoked: 120, completed: 130, accepted: true },
    ];
    assert.equal(
      overlaps(probes).map(describedOverlap).join('\n'),
      'b accepted write 7 between 120 and 130 ms, while a accepted writes from 10 to 200 ms',
    );
  });

  it('does not count an answer that came late', () => {
    const late = { member: 'b', id: 7, invoked: 120, completed: 900, accepted: true };
    assert.deepEqual(overlaps([...timeline('a', '+++'), late]), []);
  });
});
