import assert from 'node:assert/strict';
import { legs, randomNumbers } from '../../soak/plan';
import { soakTable } from '../../soak/report';

const faults = ['a', 'b', 'c', 'd', 'e'];
const modes = ['strict', 'quorum'];

describe('soak: plan', () => {
  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual(legs(7, 40, faults, modes), legs(7, 40, faults, modes));
    assert.notDeepEqual(legs(7, 40, faults, modes), legs(8, 40, faults, modes));
  });

  it('has as many faults as asked for, in legs, the modes in turn', () => {
    const planned = legs(1, 25, faults, modes, 10);
    assert.deepEqual(
      planned.map((leg) => [leg.mode, leg.faults.length]),
      [
        ['strict', 10],
        ['quorum', 10],
        ['strict', 5],
      ],
    );
  });

  it('does every fault once in a mode before any comes again', () => {
    for (let seed = 0; seed < 50; seed++)
      for (const mode of modes) {
        const own = legs(seed, 40, faults, modes)
          .filter((leg) => leg.mode === mode)
          .flatMap((leg) => leg.faults);
        for (let start = 0; start < own.length; start += faults.length)
          assert.deepEqual(own.slice(start, start + faults.length).sort(), faults, `seed ${seed}, ${mode}`);
      }
  });

  it('draws numbers from 0 to 1', () => {
    const random = randomNumbers(3);
    const drawn = Array.from({ length: 1000 }, random);
    assert.ok(drawn.every((number) => number >= 0 && number < 1));
    const mean = drawn.reduce((sum, number) => sum + number, 0) / drawn.length;
    assert.ok(Math.abs(mean - 0.5) < 0.05, String(mean));
  });
});

describe('soak: table', () => {
  it('has a row a mode and fault, and a fault that was not survived', () => {
    const outcomes = [
      { mode: 'strict', fault: 'cut', gap: 22_000 },
      { mode: 'quorum', fault: 'cut', gap: undefined },
      { mode: 'strict', fault: 'cut', gap: 24_000 },
    ];
    assert.equal(
      soakTable(outcomes, new Map([['cut', 25_000]])),
      `seconds without a write  times    min  median    p95    max       aim
-----------------------  -----  -----  ------  -----  -----  --------
quorum: cut                  1                               p95 ≤ 25
strict: cut                  2  22.00   23.00  24.00  24.00  p95 ≤ 25`,
    );
  });
});
