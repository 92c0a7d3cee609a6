import assert from 'node:assert/strict';
import type { Answer } from '../../../provider/cmd/pgha/observed';
import { testText } from '../../../provider/cmd/pgha/render';
import { testReport } from '../../../provider/cmd/pgha/test-report';
import { primaryAnswer, replicaAnswer, world, type MemberState } from './world';

const primary: MemberState = { role: 'primary', ip: '10.0.0.1' };
const replica: MemberState = { role: 'replica', ip: '10.0.0.2' };
const both = { hippo: ['10.0.0.1'], 'hippo-replica': ['10.0.0.2'] };
const wellAnswers = new Map<string, Answer>([
  ['hippo-1-0', primaryAnswer],
  ['hippo-2-0', replicaAnswer],
]);

describe('pgha test', () => {
  it('prints what the article shows', () => {
    const report = testReport(world({ 'hippo-1': primary, 'hippo-2': replica }, both), wellAnswers);
    assert.equal(report.up, true);
    assert.equal(
      testText(report, { colour: false }),
      `
cluster : hippo
        Services
                primary (10.100.43.244:5432): UP
                replica (10.100.157.106:5432): UP
        Instances
                primary (hippo-1-0): UP
                replica (hippo-2-0): UP
`,
    );
  });

  it('colours only the verdict', () => {
    const report = testReport(world({ 'hippo-1': primary }, { hippo: ['10.0.0.1'] }), wellAnswers);
    assert.ok(testText(report, { colour: true }).includes('(hippo-1-0): \u001b[32mUP\u001b[0m\n'));
  });

  it('leaves out the replica Service of a cluster of one', () => {
    const report = testReport(world({ 'hippo-1': primary }, { hippo: ['10.0.0.1'] }), wellAnswers);
    assert.deepEqual([report.up, report.services.map((line) => line.type)], [true, ['primary']]);
  });

  it('asks the primary from each pod of the pooler', () => {
    const objects = world({ 'hippo-1': primary }, { hippo: ['10.0.0.1'], 'hippo-pooler': ['10.0.0.7'] });
    const pooled = {
      ...objects,
      services: [
        ...objects.services,
        { metadata: { name: 'hippo-pooler' }, spec: { clusterIP: '10.100.3.4', ports: [{ port: 5432 }] } },
      ],
      poolerPods: [{ metadata: { name: 'hippo-pooler-x' }, status: { podIP: '10.0.0.7' } }],
    };
    const line = (answer: Answer) =>
      testReport(pooled, new Map([...wellAnswers, ['hippo-pooler-x', answer]])).services.at(-1);
    const service = { type: 'pooler', name: 'hippo-pooler', address: '10.100.3.4:5432' };
    assert.deepEqual(line({ inRecovery: false, version: '' }), { ...service, up: true });
    assert.deepEqual(line({ error: 'refused' }), {
      ...service,
      up: false,
      reason: 'its endpoint hippo-pooler-x does not answer a query',
    });
  });

  const cases: [string, Parameters<typeof world>, Map<string, Answer>, RegExp][] = [
    [
      'a Service without endpoints is down',
      [
        { 'hippo-1': primary, 'hippo-2': replica },
        { ...both, hippo: [] },
      ],
      wellAnswers,
      /primary \(10\.100\.43\.244:5432\): DOWN - it has no ready endpoint\n/,
    ],
    [
      'a primary Service that leads to a replica is down',
      [
        { 'hippo-1': primary, 'hippo-2': replica },
        { ...both, hippo: ['10.0.0.2'] },
      ],
      wellAnswers,
      /primary \(10\.100\.43\.244:5432\): DOWN - its endpoint hippo-2-0 is no primary\n/,
    ],
    [
      'a Service that leads to an address of no member is down',
      [
        { 'hippo-1': primary, 'hippo-2': replica },
        { ...both, hippo: ['10.9.9.9'] },
      ],
      wellAnswers,
      /DOWN - its endpoint 10\.9\.9\.9 is no member\n/,
    ],
    [
      'a member that does not answer is down',
      [{ 'hippo-1': primary, 'hippo-2': replica }, both],
      new Map<string, Answer>([
        ['hippo-1-0', primaryAnswer],
        ['hippo-2-0', { error: 'no answer to a query: the database system is starting up' }],
      ]),
      /replica \(hippo-2-0\): DOWN - no answer to a query: the database system is starting up\n/,
    ],
    [
      'a member without a pod is down',
      [
        { 'hippo-1': primary, 'hippo-2': undefined },
        { ...both, 'hippo-replica': [] },
      ],
      new Map<string, Answer>([['hippo-1-0', primaryAnswer]]),
      /unknown \(hippo-2-0\): DOWN - its pod does not exist\n/,
    ],
    [
      'a pending pod is down',
      [
        { 'hippo-1': primary, 'hippo-2': { phase: 'Pending', ready: false } },
        { ...both, 'hippo-replica': [] },
      ],
      new Map<string, Answer>([['hippo-1-0', primaryAnswer]]),
      /unknown \(hippo-2-0\): DOWN - its pod is Pending\n/,
    ],
  ];
  for (const [title, objects, answers, expected] of cases)
    it(title, () => {
      const report = testReport(world(...objects), answers);
      assert.match(testText(report, { colour: false }), expected);
      assert.equal(report.up, false);
    });

  it('believes a query more than a label, and two primaries are not well', () => {
    const answers = new Map([
      ['hippo-1-0', primaryAnswer],
      ['hippo-2-0', primaryAnswer],
    ]);
    const report = testReport(world({ 'hippo-1': primary, 'hippo-2': replica }, both), answers);
    assert.deepEqual(
      report.instances.map((line) => line.type),
      ['primary', 'primary'],
    );
    assert.equal(report.up, false);
  });

  it('sorts members by number', () => {
    const report = testReport(world({ 'hippo-10': replica, 'hippo-9': primary }, both), new Map());
    assert.deepEqual(
      report.instances.map((line) => line.name),
      ['hippo-9-0', 'hippo-10-0'],
    );
  });
});
