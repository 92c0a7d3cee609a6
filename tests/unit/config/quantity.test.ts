import * as assert from 'node:assert/strict';
import {
  formatMemory,
  formatQuantity,
  formatSetting,
  parseMemory,
  parseQuantity,
  parseSetting,
  sizeText,
} from '../../../provider/config/quantity';

describe('Kubernetes quantities', () => {
  const table: [string, number | undefined][] = [
    ['512Mi', 536870912],
    ['1.5Gi', 1610612736],
    ['10G', 1e10],
    ['500m', 0.5],
    ['2', 2],
    ['1e3', 1000],
    ['1E', 1e18],
    ['.5', 0.5],
    ['5GB', undefined],
    ['5 Gi', undefined],
    ['', undefined],
    ['Gi', undefined],
    ['1K', undefined],
    ['-1Gi', -1073741824],
  ];
  for (const [text, value] of table)
    it(`"${text}" is ${value}`, () => assert.equal(parseQuantity(text), value));

  it('are written with the largest unit that divides', () => {
    assert.deepEqual([2 ** 30, 3 * 2 ** 20, 1500, 2 ** 40 + 2 ** 30].map(formatQuantity), [
      '1Gi',
      '3Mi',
      '1500',
      '1025Gi',
    ]);
  });

  const sizes: [number, string][] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [20 * 2 ** 10, '20.0 KiB'],
    [1.5 * 2 ** 30, '1.5 GiB'],
    [3000 * 2 ** 40, '3000.0 TiB'],
  ];
  for (const [bytes, text] of sizes)
    it(`${bytes} bytes are ${text} for people`, () => assert.equal(sizeText(bytes), text));
});

describe('values of PostgreSQL parameters', () => {
  const table: [string, string | undefined, number | undefined][] = [
    ['64MB', '8kB', 8192],
    ['8192', '8kB', 8192],
    ['1GB', 'MB', 1024],
    ['1.5MB', 'kB', 1536],
    [' 64 MB ', 'kB', 65536],
    ['0x10', undefined, 16],
    ['010', undefined, 8],
    ['-1', 'kB', -1],
    ['1min', 's', 60],
    ['1min', 'ms', 60000],
    ['500us', 'ms', 0.5],
    ['0.9', undefined, 0.9],
    ['64mb', 'kB', undefined],
    ['64MB', 'ms', undefined],
    ['64MB', undefined, undefined],
    ['', 'kB', undefined],
    ['on', undefined, undefined],
  ];
  for (const [text, unit, value] of table)
    it(`"${text}" in ${unit ?? 'no unit'} is ${value}`, () => assert.equal(parseSetting(text, unit), value));

  it('are written as SHOW does', () => {
    assert.equal(formatSetting(16384, '8kB'), '128MB');
    assert.equal(formatSetting(60000, 'ms'), '1min');
    assert.equal(formatSetting(-1, 'kB'), '-1');
    assert.equal(formatSetting(100), '100');
    assert.equal(formatMemory(1.5 * 2 ** 30), '1536MB');
    assert.equal(parseMemory('128MB', '8kB'), 128 * 2 ** 20);
    assert.equal(parseMemory('1min', 'ms'), undefined);
  });
});
