import assert from 'node:assert/strict';
import { figures, table } from '../../../bench/statistics';

describe('bench: figures', () => {
  it('takes the middle of an odd series, the mean of the two middles of an even one', () => {
    assert.equal(figures([3, 1, 2]).median, 2);
    assert.equal(figures([4, 1, 3, 2]).median, 2.5);
  });

  it('takes the nearest rank for the p95', () => {
    const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
    assert.deepEqual(figures(twenty), { count: 20, min: 1, median: 10.5, p95: 19, max: 20 });
    assert.equal(figures([1, 2, 3]).p95, 3);
  });

  it('refuses an empty series', () => {
    assert.throws(() => figures([]), /no value/);
  });

  it('prints a table', () => {
    assert.equal(
      table(
        ['what', 'n'],
        [
          ['a long name', '1'],
          ['b', '20'],
        ],
      ),
      'what          n\n-----------  --\na long name   1\nb            20',
    );
  });
});
