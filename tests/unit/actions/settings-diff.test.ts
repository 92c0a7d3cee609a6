import assert from 'node:assert/strict';
import { contentChanges } from '../../../provider/actions/foundation/settings-diff';

describe('the names of what changes in settings', () => {
  const dcs = (parameters: object, more = {}) =>
    JSON.stringify({ ttl: 20, ...more, postgresql: { parameters, pg_hba: ['a'] } });
  const cases: [string, string, string, string[]][] = [
    [
      'each parameter with what it takes',
      dcs({ max_connections: 100, work_mem: '4MB' }),
      dcs({ max_connections: 200, work_mem: '8MB' }),
      ['max_connections 100 → 200 (restart)', 'work_mem 4MB → 8MB (reload)'],
    ],
    ['a parameter that goes', dcs({ work_mem: '4MB' }), dcs({}), ['work_mem 4MB → default (reload)']],
    ["Patroni's own", dcs({}), dcs({}, { ttl: 30 }), ['ttl 20 → 30']],
    [
      'a rule that comes, one that goes, and one that moves',
      JSON.stringify({ postgresql: { pg_hba: ['a', 'b', 'c', 'd'] } }),
      JSON.stringify({ postgresql: { pg_hba: ['b', 'a', 'd', 'e'] } }),
      ['pg_hba - "a" (reload)', 'pg_hba - "c" (reload)', 'pg_hba + "a" (reload)', 'pg_hba + "e" (reload)'],
    ],
    [
      'what Patroni does with PostgreSQL',
      JSON.stringify({ postgresql: { use_slots: false } }),
      JSON.stringify({ postgresql: { use_slots: true } }),
      ['use_slots false → true'],
    ],
    ['a text that is no YAML', '{', dcs({}), ['dcs.yaml is replaced: it was not YAML']],
  ];
  for (const [sentence, has, wants, expected] of cases)
    it(sentence, () =>
      assert.deepEqual(contentChanges({ 'dcs.yaml': has }, { 'dcs.yaml': wants }, 18), expected),
    );
});

describe('an edit in the cluster', () => {
  const dcs = (parameters: object) => ({ 'dcs.yaml': JSON.stringify({ postgresql: { parameters } }) });
  const before = dcs({ max_connections: 100, work_mem: '4MB' });
  const edited = dcs({ max_connections: 200, work_mem: '4MB' });
  it('is told from a change of the program', () =>
    assert.deepEqual(contentChanges(edited, dcs({ max_connections: 100, work_mem: '8MB' }), 18, before), [
      'max_connections 200 → 100 (restart, edited in the cluster)',
      'work_mem 4MB → 8MB (reload)',
    ]));
  it('is a change of the program where both have changed the same', () =>
    assert.deepEqual(contentChanges(edited, dcs({ max_connections: 300, work_mem: '4MB' }), 18, before), [
      'max_connections 200 → 300 (restart)',
    ]));
});
