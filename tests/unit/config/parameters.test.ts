import * as assert from 'node:assert/strict';
import { normalise } from '../../../provider/cluster/normalise';
import type { ResolvedArgs } from '../../../provider/cluster/resolved';
import { UNKNOWN } from '../../../provider/cluster/spec';
import { parameterFacts } from '../../../provider/config/parameter-facts';
import { mandatorySettings, ownedParameters } from '../../../provider/config/parameter-owned';
import {
  parameters,
  parameterValues,
  restartParameters,
  sameSetting,
} from '../../../provider/config/parameters';
import { validate } from '../../../provider/cluster/validation';

const valuesOf = (args: ResolvedArgs) => parameterValues(normalise('hippo', args));

describe('parameters', () => {
  it('are sorted by name, each once, each with a reason', () => {
    const all = parameters(normalise('hippo', {}));
    const names = all.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)].sort());
    for (const { name, reason } of all) assert.ok(reason.length > 0, name);
  });

  for (const postgresVersion of [17, 18])
    it(`all exist in PostgreSQL ${postgresVersion}, and pass the validation of a user's`, () => {
      const own = new Set(ownedParameters.keys());
      const given = Object.entries(valuesOf({ postgresVersion })).filter(([name]) => !own.has(name));
      for (const [name] of given) assert.ok(parameterFacts(postgresVersion).has(name), name);
      assert.deepEqual(
        validate('hippo', { postgresVersion, config: { parameters: Object.fromEntries(given) } }),
        [],
      );
    });

  it('that are mandatory are refused from a user', () => {
    for (const [name] of mandatorySettings(normalise('hippo', {})))
      assert.ok(ownedParameters.has(name), name);
  });

  it('of ours are owned only where they exist or existed', () => {
    const former = ['promote_trigger_file'];
    // Not in pg_settings, since they can't be in a file either.
    const hidden = ['session_authorization', 'role', 'is_superuser', 'seed'];
    for (const name of ownedParameters.keys())
      assert.ok(
        parameterFacts(18).has(name) ||
          former.includes(name) ||
          hidden.includes(name) ||
          name.startsWith('transaction_'),
        name,
      );
  });

  const sizes: [string, ResolvedArgs, Record<string, string>][] = [
    [
      '512Mi, 10Gi',
      {},
      {
        shared_buffers: '128MB',
        effective_cache_size: '384MB',
        maintenance_work_mem: '32MB',
        work_mem: '1MB',
        max_wal_size: '1GB',
        min_wal_size: '256MB',
        max_slot_wal_keep_size: '2GB',
      },
    ],
    [
      '16Gi, 1Ti',
      { resources: { memory: '16Gi' }, storage: { size: '1Ti' } },
      {
        shared_buffers: '4GB',
        effective_cache_size: '12GB',
        maintenance_work_mem: '1GB',
        work_mem: '31424kB',
        max_wal_size: '16GB',
        min_wal_size: '1GB',
        max_slot_wal_keep_size: '209715MB',
      },
    ],
    [
      'more connections get less each',
      { resources: { memory: '16Gi' }, config: { parameters: { max_connections: '1000' } } },
      { max_connections: '1000', work_mem: '3136kB' },
    ],
    [
      'a WAL volume of its own may be filled more',
      { storage: { size: '1Ti' }, walStorage: { size: '20Gi' } },
      { max_wal_size: '5GB', max_slot_wal_keep_size: '10GB' },
    ],
  ];
  for (const [sentence, args, expected] of sizes)
    it(`derive from sizes: ${sentence}`, () => {
      const values = valuesOf(args);
      assert.deepEqual(
        Object.fromEntries(Object.keys(expected).map((name) => [name, values[name]])),
        expected,
      );
    });

  it("keep a user's value over ours, in whatever letters its name is", () => {
    assert.equal(valuesOf({ config: { parameters: { Work_Mem: '64MB' } } })['work_mem'], '64MB');
    assert.equal(valuesOf({ config: { parameters: { jit: true as unknown as string } } })['jit'], 'true');
  });

  const libraries: [string, ResolvedArgs, string][] = [
    ['by default', {}, 'pg_stat_statements'],
    [
      'of an extension',
      { databases: [{ name: 'a', extensions: ['pgaudit'] }] },
      'pg_stat_statements,pgaudit',
    ],
    [
      "of the user's list",
      { config: { parameters: { shared_preload_libraries: 'auto_explain' } } },
      'auto_explain',
    ],
    [
      'of both',
      {
        databases: [{ name: 'a', extensions: ['pgaudit'] }],
        config: { parameters: { shared_preload_libraries: 'auto_explain' } },
      },
      'auto_explain,pgaudit',
    ],
  ];
  for (const [sentence, args, expected] of libraries)
    it(`load the libraries ${sentence}`, () =>
      assert.equal(valuesOf(args)['shared_preload_libraries'], expected));

  it('are unknown only where what they depend on is', () => {
    const values = valuesOf({ resources: { memory: UNKNOWN } });
    assert.equal(values['shared_buffers'], UNKNOWN);
    assert.equal(values['max_wal_size'], '1GB');
    assert.equal(valuesOf({ config: { parameters: { work_mem: UNKNOWN } } })['work_mem'], UNKNOWN);
    assert.equal(valuesOf({ config: { parameters: { max_connections: UNKNOWN } } })['work_mem'], UNKNOWN);
  });
});

describe('parameters that need a restart', () => {
  it("are those of context postmaster, with the member's own value", () => {
    const spec = normalise('hippo', {
      config: { memberParameters: { 'hippo-2': { shared_buffers: '64MB' } } },
    });
    const wanted = restartParameters(spec);
    assert.equal(wanted['shared_buffers'], '128MB');
    assert.equal(wanted['max_connections'], '100');
    assert.equal(wanted['work_mem'], undefined);
    assert.equal(restartParameters(spec, 'hippo-2')['shared_buffers'], '64MB');
  });

  it('are all unknown while the map is not known', () => {
    const spec = normalise('hippo', { config: { parameters: UNKNOWN as unknown as Record<string, string> } });
    assert.equal(restartParameters(spec)['max_connections'], UNKNOWN);
  });
});

describe('the same setting', () => {
  const table: [string, string, string, boolean][] = [
    ['shared_buffers', '64MB', '65536kB', true],
    ['shared_buffers', '64MB', '8192', true],
    ['shared_buffers', '64MB', '64GB', false],
    ['SHARED_BUFFERS', '64MB', '65536kB', true],
    ['wal_log_hints', 'on', 'True', true],
    ['wal_log_hints', 'on', 'off', false],
    ['wal_log_hints', 'on', 'what', false],
    ['wal_level', 'LOGICAL', 'logical', true],
    ['huge_pages', 'false', 'off', true],
    ['max_connections', '100', '0x64', true],
    ['shared_preload_libraries', 'a, b', 'a,b', true],
    ['shared_preload_libraries', 'a,b', 'b,a', false],
    ['autovacuum_freeze_max_age', '200000000', '2e8', true],
    ['checkpoint_completion_target', '0.9', '.90', true],
    ['some.parameter', 'a', 'A', false],
  ];
  for (const [name, a, b, same] of table)
    it(`${name}: "${a}" is ${same ? '' : 'not '}"${b}"`, () => assert.equal(sameSetting(name, a, b), same));
});
