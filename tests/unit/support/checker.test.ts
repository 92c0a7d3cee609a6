import assert from 'node:assert/strict';
import { checked, described, longestGap, sound } from '../../support/checker';
import type { Append, Cas, FinalState, History, Outcome, Read } from '../../support/history';

let clock = 0;
beforeEach(() => (clock = 0));

function append(id: number, outcome: Outcome = 'ok', key = 0): Append {
  return { kind: 'append', key, id, outcome, invoked: clock++, completed: clock++ };
}
function cas(expected: number, value: number, outcome: Outcome = 'ok'): Cas {
  return { kind: 'cas', expected, value, outcome, invoked: clock++, completed: clock++ };
}
function read(value: number): Read {
  return { kind: 'read', value, outcome: 'ok', invoked: clock++, completed: clock++ };
}
function state(ids: readonly number[], register = 0): FinalState {
  return { rows: ids.map((id) => ({ key: 0, id })), register };
}
function rows(...appends: Append[]): History {
  return { appends, register: [] };
}
function register(...operations: (Cas | Read)[]): History {
  return { appends: [], register: operations };
}

describe('checker: rows', () => {
  it('is content when acknowledged rows are there, refused ones are not, unknown ones may be', () => {
    const history = rows(append(1), append(2, 'fail'), append(3, 'unknown'), append(4, 'unknown'), append(5));
    const verdict = checked(history, state([1, 4, 5]));
    assert.ok(sound(verdict));
    assert.equal(
      described(verdict),
      '2 ok, 1 refused, 2 unknown; nothing lost, no ghost, no duplicate, in order',
    );
  });

  it('finds a lost row', () => {
    const verdict = checked(rows(append(1), append(2), append(3)), state([1, 3]));
    assert.deepEqual(verdict.lost, [2]);
    assert.ok(!sound(verdict));
    assert.match(described(verdict), /1 acknowledged rows lost: 2/);
  });

  it('finds a refused row that is there', () => {
    assert.deepEqual(checked(rows(append(1), append(2, 'fail')), state([1, 2])).ghosts, [2]);
  });

  it('finds a row that nobody wrote', () => {
    assert.deepEqual(checked(rows(append(1)), state([1, 9])).ghosts, [9]);
  });

  it('finds a row that is there twice', () => {
    assert.deepEqual(checked(rows(append(1), append(2)), state([1, 2, 2])).duplicates, [2]);
  });

  it('finds rows of one writer that stand the wrong way round', () => {
    const verdict = checked(rows(append(1), append(2)), state([2, 1]));
    assert.deepEqual(verdict.outOfOrder, ['writer 0: 2 stands before 1']);
  });

  it('claims no order between two writers, nor of unknown rows', () => {
    assert.ok(sound(checked(rows(append(1, 'ok', 0), append(2, 'ok', 1)), state([2, 1]))));
    assert.ok(sound(checked(rows(append(1, 'unknown'), append(2)), state([2, 1]))));
  });
});

describe('checker: register', () => {
  const cases: [string, () => History, number, RegExp | undefined][] = [
    ['a chain of acknowledged writes', () => register(cas(0, 1), cas(1, 2), read(2)), 2, undefined],
    ['nothing written', () => register(read(0)), 0, undefined],
    [
      'an unknown write that took effect',
      () => register(cas(0, 1), cas(1, 2, 'unknown'), cas(2, 3)),
      3,
      undefined,
    ],
    [
      'an unknown write that did not',
      () => register(cas(0, 1), cas(1, 2, 'unknown'), cas(1, 3)),
      3,
      undefined,
    ],
    [
      'two writes of the same expected value',
      () => register(cas(0, 1), cas(1, 2), cas(1, 3)),
      3,
      /acknowledged 1 → 2 is not in the chain/,
    ],
    [
      'a final value that lost the last write',
      () => register(cas(0, 1), cas(1, 2)),
      1,
      /acknowledged 1 → 2 is not in the chain to 1/,
    ],
    [
      'a refused write that took effect',
      () => register(cas(0, 1), cas(1, 2, 'fail')),
      2,
      /refused 1 → 2 took effect/,
    ],
    ['a value from nowhere', () => register(cas(0, 1)), 7, /the value 7 was never written/],
    ['a stale read', () => register(cas(0, 1), cas(1, 2), read(1)), 2, /read 1 after 2 was acknowledged/],
    [
      'a stale read of the initial value',
      () => register(cas(0, 1), read(0)),
      1,
      /read 0 after 1 was acknowledged/,
    ],
    [
      'a read of a value of a lost branch',
      () => register(cas(0, 1), cas(0, 2, 'unknown'), read(2)),
      1,
      /read 2, which is not in the chain/,
    ],
  ];
  for (const [title, history, last, expected] of cases)
    it(title, () => {
      const problems = checked(history(), state([], last)).register;
      if (expected) assert.match(problems.join('\n'), expected);
      else assert.deepEqual(problems, []);
    });

  it('finds a write that is answered before the write it builds on began', () => {
    const second = cas(1, 2);
    const first = cas(0, 1);
    assert.match(checked(register(first, second), state([], 2)).register.join(), /1 → 2 was answered before/);
  });

  it('finds a read from the future', () => {
    const early = read(1);
    assert.match(
      checked(register(early, cas(0, 1)), state([], 1)).register.join(),
      /read 1 before it was written/,
    );
  });

  it('finds a circle', () => {
    assert.match(checked(register(cas(2, 1), cas(1, 2)), state([], 2)).register.join(), /circle/);
  });
});

describe('checker: gaps', () => {
  const at = (completed: number, outcome: Outcome = 'ok'): Append => ({
    ...append(completed, outcome),
    invoked: completed - 1,
    completed,
  });

  it('is the longest time between two acknowledgements around the fault', () => {
    const history = rows(at(10), at(30), at(40, 'fail'), at(2030), at(2040), at(9000));
    assert.deepEqual(longestGap(history, 35, 3000), { lastOk: 2040, firstOk: 9000, milliseconds: 6960 });
    assert.deepEqual(longestGap(history, 35, 2035), { lastOk: 30, firstOk: 2030, milliseconds: 2000 });
  });

  it('is unknown when writes never came back', () => {
    assert.equal(longestGap(rows(at(10), at(20)), 30, 100), undefined);
  });
});
