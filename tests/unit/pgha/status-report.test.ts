import assert from 'node:assert/strict';
import type { Answer } from '../../../provider/cmd/pgha/observed';
import { statusText } from '../../../provider/cmd/pgha/render';
import { statusReport } from '../../../provider/cmd/pgha/status-report';
import { primaryAnswer, replicaAnswer, world } from './world';

const now = new Date('2026-11-24T00:00:00Z');
const certificate = '2027-02-22T00:00:00Z';
const running = { state: 'running', version: '4.1.5', timeline: 3 };
const answers = new Map<string, Answer>([
  ['hippo-1-0', replicaAnswer],
  ['hippo-2-0', primaryAnswer],
]);

function healthy(agent: object = {}, replicaState: object = {}, primaryAgent: object = {}) {
  return world(
    {
      'hippo-1': {
        role: 'replica',
        ip: '10.0.0.1',
        patroni: {
          ...running,
          xlog_location: 90_000,
          replay_lsn: 80_000,
          replication_state: 'streaming',
          ...replicaState,
        },
        agent: { certificate, ...agent },
      },
      'hippo-2': {
        role: 'primary',
        ip: '10.0.0.2',
        patroni: { ...running, xlog_location: 100_000 },
        agent: { certificate, ...primaryAgent },
      },
    },
    {},
    {
      'hippo-sync': { sync_standby: 'hippo-1-0', leader: 'hippo-2-0' },
      'hippo-config': { config: '{"synchronous_mode": true}' },
    },
  );
}

describe('pgha status', () => {
  it('shows members in detail', () => {
    const report = statusReport(healthy(), answers, now);
    assert.deepEqual(report.problems, []);
    assert.equal(
      statusText(report),
      `cluster hippo in namespace pg, primary hippo-2-0

MEMBER   ROLE          STATE      TIMELINE  LAG       NODE    PENDING RESTART  POSTGRESQL  PATRONI  CERTIFICATE UNTIL
hippo-1  sync_standby  streaming  3         19.5 KiB  node-1  no               18.6        4.1.5    2027-02-22T00:00:00Z
hippo-2  primary       running    3         -         node-1  no               18.6        4.1.5    2027-02-22T00:00:00Z
`,
    );
  });

  it('names repositories that WAL does not reach, and gaps, of the primary alone', () => {
    const old = { archive: { 1: 'what it met when it led' } };
    const leading = {
      archive: { 1: 'ok', 2: 'HTTP request failed with 403' },
      gaps: ['repository 2 lacks WAL'],
    };
    assert.deepEqual(statusReport(healthy(old, {}, leading), answers, now).problems, [
      'repository 2: WAL does not arrive: HTTP request failed with 403',
      'repository 2 lacks WAL',
    ]);
  });

  it('names what waits for a restart, with both values', () => {
    const pending = {
      pending_restart: true,
      pending_restart_reason: { max_connections: { old_value: '100', new_value: '200' } },
    };
    const [member] = statusReport(healthy({}, pending), answers, now).members;
    assert.deepEqual(member?.pendingRestart, ['max_connections 100 → 200']);
  });

  it('calls a synchronous member of quorum mode as Patroni does', () => {
    const objects = healthy();
    const endpoints = objects.endpoints.map((one) =>
      one.metadata.name === 'hippo-config'
        ? { ...one, metadata: { ...one.metadata, annotations: { config: '{"synchronous_mode": "quorum"}' } } }
        : one,
    );
    assert.equal(statusReport({ ...objects, endpoints }, answers, now).members[0]?.role, 'quorum_standby');
  });

  for (const [sentence, config, sync, problem] of [
    ['async needs none', '{"synchronous_mode": false}', {}, undefined],
    [
      'none after a failover, strict',
      '{"synchronous_mode": "quorum", "synchronous_mode_strict": true}',
      { leader: 'hippo-2-0' },
      'commits wait for a replica',
    ],
    [
      'those of the primary before, quorum',
      '{"synchronous_mode":"quorum","synchronous_mode_strict":false}',
      { leader: 'hippo-1-0', sync_standby: 'hippo-2-0' },
      'commits are on the primary alone',
    ],
  ] as const)
    it(`says when there is no synchronous standby: ${sentence}`, () => {
      const objects = healthy();
      const endpoints = objects.endpoints.map((one) => {
        const own: Record<string, string> = one.metadata.name === 'hippo-config' ? { config } : { ...sync };
        return { ...one, metadata: { ...one.metadata, annotations: own } };
      });
      const expected =
        problem &&
        `no synchronous standby yet: ${problem}, and if hippo-2 fails now, writes wait until it is back`;
      const { problems } = statusReport({ ...objects, endpoints }, answers, now);
      assert.deepEqual(problems, expected ? [expected] : []);
    });

  it('lists problems: of the agent, of certificates, of members', () => {
    const agent = { certificate: '2026-11-27T12:00:00Z', problems: ['dcs.yaml: not valid YAML in line 3'] };
    const failing = new Map<string, Answer>([
      ...answers,
      ['hippo-1-0', { error: 'no answer to a query: timeout' }],
    ]);
    assert.deepEqual(statusReport(healthy(agent), failing, now).problems, [
      'hippo-1: no answer to a query: timeout',
      'hippo-1: dcs.yaml: not valid YAML in line 3',
      'hippo-1: its certificate ends in 3 days',
    ]);
  });

  it('says of a hibernated cluster that it is, and nothing else', () => {
    const objects = world({ 'hippo-1': undefined }, {});
    const marked = objects.statefulSets.map(({ metadata }) => ({
      metadata: {
        ...metadata,
        labels: { 'postgres-ha.dev/member': metadata.name },
        annotations: { 'postgres-ha.dev/hibernated': 'hippo-1' },
      },
      spec: { replicas: 0 },
    }));
    assert.deepEqual(statusReport({ ...objects, statefulSets: marked }, new Map(), now).problems, [
      'hippo is hibernated; pgha start hippo starts it',
    ]);
  });

  const restore = (record: object, entry: object, renewed = now) => {
    const whole = {
      id: 'abc123',
      kind: 'Restore',
      trigger: 'monday',
      by: 'alice@desk (42)',
      started: '2026-11-23T23:50:00.000Z',
      plan: [
        'lose everything',
        'stop hippo-2',
        'stop hippo-1 (the primary, last)',
        'restore hippo-1 from backup B (x)',
      ],
      done: ['lose everything', 'stop hippo-2'],
      state: 'running',
      ...entry,
    };
    const given = { id: 'abc123', trigger: 'monday', leader: 'hippo-1', ...record };
    return {
      journal: {
        metadata: { name: 'hippo-journal' },
        data: { 'entries.jsonl': JSON.stringify(whole), 'restore.json': JSON.stringify(given) },
      },
      lock: {
        metadata: { name: 'hippo-lock' },
        spec: { holderIdentity: 'Restore by alice', renewTime: renewed.toISOString() },
      },
    };
  };
  const head =
    'hippo is being restored in place (restore "monday", by alice@desk (42), since 2026-11-23 23:50 UTC)';
  const on = 'run the same again, restore to another target, or go back: pgha restore hippo --undo';
  const stopped = { 'hippo-1': undefined, 'hippo-2': undefined };
  const copying = { id: 'abc123', attempt: 1, state: 'copying', text: 'backup B' };
  for (const [what, members, work, expected] of [
    [
      'its step, while all are stopped',
      stopped,
      restore({}, {}),
      [`${head}; writes are refused; step 3 of 4: stop hippo-1`],
    ],
    [
      'what the restored member is at',
      { ...stopped, 'hippo-1': { ready: false, agent: { inPlace: copying } } },
      restore({}, { done: ['a', 'b', 'c'] }),
      [`${head}; writes are refused; step 4 of 4: restore hippo-1 from backup B; hippo-1: copying backup B`],
    ],
    [
      'that its repository does not answer',
      {
        ...stopped,
        'hippo-1': {
          ready: false,
          agent: { restore: { phase: 'replay', inPlace: 'abc123 1', waits: 'HTTP request failed with 403' } },
        },
      },
      restore({}, { done: ['a', 'b', 'c'] }),
      [
        `${head}; writes are refused; step 4 of 4: restore hippo-1 from backup B; hippo-1: WAL can't be read: HTTP request failed with 403`,
      ],
    ],
    [
      'that its client has gone',
      stopped,
      restore({}, { done: [] }, new Date(now.getTime() - 120_000)),
      [
        `${head}; writes are refused; step 1 of 4: lose everything; nobody performs its steps any more, members go on with theirs: ${on}`,
      ],
    ],
    [
      'how it failed',
      stopped,
      restore({}, { state: 'failed', message: 'it did not recover.\n log' }),
      [
        `${head}; writes are refused; step 3 of 4: stop hippo-1; it has failed: it did not recover; nothing is lost: ${on}`,
      ],
    ],
    [
      'of one that leads again what it lacks as well',
      { 'hippo-1': { role: 'primary' as const }, 'hippo-2': undefined },
      restore({ led: '2026-11-23T23:58:00Z' }, { done: ['a', 'b', 'c', 'd'] }),
      [`${head}; hippo-1 accepts writes`, 'hippo-2: its pod does not exist'],
    ],
    [
      'nothing of one that has ended',
      { 'hippo-1': { role: 'primary' as const } },
      restore({ led: 'x', ended: '2026-11-23T23:58:00Z' }, { state: 'done' }),
      [],
    ],
  ] as const)
    it(`tells of a restore in place ${what}`, () => {
      assert.deepEqual(statusReport(world(members, {}), new Map(), now, work).problems, expected);
    });

  it('says that there is no primary, and which member is missing', () => {
    const objects = world({ 'hippo-1': { role: 'replica', ready: false }, 'hippo-2': undefined }, {});
    assert.deepEqual(statusReport(objects, new Map(), now).problems, [
      'no member is primary: writes are refused',
      'hippo-1: its pod is Running, not ready',
      'hippo-2: its pod does not exist',
    ]);
  });

  it('takes an annotation that is not JSON as nothing', () => {
    const objects = healthy();
    const pods = objects.pods.map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, annotations: { status: '{' } },
    }));
    assert.equal(statusReport({ ...objects, pods }, answers, now).members[0]?.state, 'Running');
  });
});
