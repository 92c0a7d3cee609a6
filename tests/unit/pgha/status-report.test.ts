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

MEMBER   ROLE          STATE      TIMELINE  LAG     NODE    PENDING RESTART  POSTGRESQL  PATRONI  CERTIFICATE UNTIL
hippo-1  sync_standby  streaming  3         20 KiB  node-1  no               18.6        4.1.5    2027-02-22T00:00:00Z
hippo-2  primary       running    3         -       node-1  no               18.6        4.1.5    2027-02-22T00:00:00Z
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
