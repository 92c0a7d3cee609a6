// The file that the validation of parameters rests on: its shape, and facts that PostgreSQL's manual states.
import * as assert from 'node:assert/strict';
import { type Parameter, majors, recordedParameters, rendered } from '../../../local/image/parameters';

const recorded = JSON.parse(recordedParameters()) as Record<string, Record<string, Parameter>>;

describe('parameters-data.json', () => {
  it('has the majors of the image', () => {
    assert.deepEqual(Object.keys(recorded), majors.map(String));
  });

  it('is as its generator writes it: one line a parameter, sorted', () => {
    assert.equal(recordedParameters(), rendered(recorded));
    for (const parameters of Object.values(recorded)) {
      const names = Object.keys(parameters);
      assert.deepEqual(names, [...names].sort());
      assert.ok(names.length > 400);
    }
  });

  const facts: [number, string, Parameter][] = [
    [
      18,
      'max_connections',
      { type: 'integer', context: 'postmaster', min: '1', max: '262143', default: '100' },
    ],
    [
      17,
      'work_mem',
      { type: 'integer', context: 'user', unit: 'kB', min: '64', max: '2147483647', default: '4096' },
    ],
    [
      18,
      'io_method',
      { type: 'enum', context: 'postmaster', values: ['sync', 'worker', 'io_uring'], default: 'worker' },
    ],
  ];
  for (const [major, name, fact] of facts) {
    it(`knows ${name} of PostgreSQL ${major}`, () => assert.deepEqual(recorded[major]?.[name], fact));
  }

  it('knows what one major has and the other lacks', () => {
    assert.equal(recorded[17]?.io_method, undefined);
    assert.ok(recorded[18]?.idle_replication_slot_timeout);
  });

  it('knows the parameters of the libraries in the image', () => {
    for (const name of [
      'pg_stat_statements.max',
      'pgaudit.log',
      'auto_explain.log_min_duration',
      'cron.database_name',
    ]) {
      for (const major of majors) assert.ok(recorded[major]?.[name], `${name} of ${major}`);
    }
  });
});
