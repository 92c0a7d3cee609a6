import * as assert from 'node:assert/strict';
import { normalise } from '../../../provider/cluster/normalise';
import type { ResolvedArgs } from '../../../provider/cluster/resolved';
import { UNKNOWN } from '../../../provider/cluster/spec';

/** What a YAML program or a preview gives where the types say otherwise. */
const untyped = (args: unknown) => args as ResolvedArgs;

describe('a normalised spec', () => {
  it('has every default that args.ts promises', () => {
    assert.deepEqual(normalise('hippo', {}), {
      name: 'hippo',
      namespace: 'default',
      members: ['hippo-1', 'hippo-2'],
      synchronous: { mode: 'async', number: 1 },
      postgresVersion: 18,
      image: { name: 'localhost/pulumi-postgres-ha:18-dev', pullPolicy: 'IfNotPresent', pullSecrets: [] },
      users: [],
      databases: [],
      config: { parameters: {}, memberParameters: {}, hba: [], ident: [] },
      patroni: { ttl: 20, loopWait: 2, retryTimeout: 9, failsafeMode: true, maximumLagOnFailover: 1048576 },
      storage: { size: '10Gi' },
      repositories: [{ number: 1, local: { size: '10Gi' }, retention: { by: 'count', full: 2 } }],
      schedules: [
        { type: 'full', repository: 1, cron: '26 2 * * 0', timeZone: 'Etc/UTC' },
        { type: 'incr', repository: 1, cron: '26 2 * * 1-6', timeZone: 'Etc/UTC' },
      ],
      backup: { cipher: false, compression: 'zst', processes: 2, verify: [], testRestore: [] },
      resources: { cpu: '100m', memory: '512Mi' },
      scheduling: {
        nodeSelector: {},
        tolerations: [],
        antiAffinity: 'preferred',
        topologyKey: 'topology.kubernetes.io/zone',
      },
      service: { type: 'ClusterIP', annotations: {} },
      networkPolicy: { enabled: true },
      tls: { certificateDays: 90 },
      metadata: { labels: {}, annotations: {} },
      deletionPolicy: 'retain',
      removedData: 'retain',
      restartPolicy: 'rolling',
    });
  });

  it('is the same through JSON, and from arguments in another order', () => {
    const spec = normalise('hippo', {
      metadata: { labels: { b: '1', a: '2' } },
      walStorage: { size: '1Gi' },
    });
    assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec);
    const other = normalise('hippo', {
      walStorage: { size: '1Gi' },
      metadata: { labels: { a: '2', b: '1' } },
    });
    assert.equal(JSON.stringify(other), JSON.stringify(spec));
  });

  it('takes a value of a program in YAML as text, and names of parameters in small letters', () => {
    const { config } = normalise(
      'hippo',
      untyped({ config: { parameters: { Max_Connections: 50, JIT: true } } }),
    );
    assert.deepEqual(config.parameters, { jit: 'true', max_connections: '50' });
  });

  const databases = [{ name: 'a', owner: 'app' }, { name: 'b', owner: 'app' }, { name: 'c' }];
  const users: [string, ResolvedArgs, string[]][] = [
    ['those it is given', { users: [{ name: 'app', databases: ['c'] }], databases }, ['c']],
    ['those it owns', { users: [{ name: 'app' }], databases }, ['a', 'b']],
    ['those it owns, for an empty list', { users: [{ name: 'app', databases: [] }], databases }, ['a', 'b']],
    ['postgres, when it owns none', { users: [{ name: 'other' }], databases }, ['postgres']],
    [
      'unknown ones, while an owner is',
      { users: [{ name: 'app' }], databases: [{ name: 'a', owner: UNKNOWN }] },
      [UNKNOWN],
    ],
  ];
  for (const [sentence, args, expected] of users)
    it(`gives a user its databases: ${sentence}`, () =>
      assert.deepEqual(normalise('hippo', args).users[0]!.databases, expected));

  it('keeps what is unknown in the form of its type', () => {
    const spec = normalise(
      'hippo',
      untyped({
        namespace: UNKNOWN,
        synchronousNumber: UNKNOWN,
        config: { parameters: UNKNOWN, memberParameters: UNKNOWN, hba: UNKNOWN },
        scheduling: { tolerations: UNKNOWN, nodeSelector: UNKNOWN },
        metadata: { labels: { team: UNKNOWN } },
      }),
    );
    assert.equal(spec.namespace, UNKNOWN);
    assert.equal(spec.synchronous.number, UNKNOWN);
    assert.deepEqual(spec.config.parameters, { [UNKNOWN]: UNKNOWN });
    assert.deepEqual(spec.config.memberParameters, { [UNKNOWN]: { [UNKNOWN]: UNKNOWN } });
    assert.deepEqual(spec.config.hba, [UNKNOWN]);
    assert.deepEqual(spec.scheduling.nodeSelector, { [UNKNOWN]: UNKNOWN });
    assert.deepEqual(spec.metadata.labels, { team: UNKNOWN });
    assert.deepEqual(spec.members, ['hippo-1', 'hippo-2']);
  });
});
