/** What is shown of a member that makes a new cluster from a backup, when it has failed, and how another target is taken. */
import assert from 'node:assert/strict';
import { dynamicProvider } from '../../../provider/actions/core/provider';
import type { FoundationInputs } from '../../../provider/actions/foundation/inputs';
import { foundation } from '../../../provider/actions/foundation/provider';
import {
  mustBeginAnew,
  restoredLine,
  restoreFailed,
  restoreLine,
} from '../../../provider/actions/members/restoring';
import { normalise } from '../../../provider/cluster/normalise';
import { foundationInputs } from '../../../provider/cluster/parts';
import type { MemberState, RestoreState } from '../../../provider/live/patroni';
import { World } from './support/world';

describe('a restore in progress', () => {
  const lines: [RestoreState | undefined, string | undefined][] = [
    [undefined, undefined],
    [{ phase: 'files', tries: 1 }, 'looking for the backup to restore'],
    [
      { phase: 'files', backup: '20261124-074723F', bytes: 1.5 * 2 ** 30, total: 4 * 2 ** 30 },
      'restoring backup 20261124-074723F: 1.5 GiB of 4.0 GiB',
    ],
    [{ phase: 'replay' }, 'starts to replay WAL'],
    [
      {
        phase: 'replay',
        replayed: '0/7000000',
        segment: '000000010000000000000007',
        end: '000000010000000000000009',
      },
      'replays WAL at 0/7000000 (000000010000000000000007), the archive ended with 000000010000000000000009',
    ],
    [{ phase: 'replay', waits: 'no answer' }, "WAL can't be read: no answer"],
    [{ phase: 'failed', problem: 'no backup' }, 'the restore failed: no backup'],
    [{ phase: 'done', ended: '0/7000148' }, undefined],
  ];
  for (const [state, expected] of lines)
    it(`is shown as ${expected ?? `nothing (${state?.phase ?? 'none'})`}`, () =>
      assert.equal(restoreLine(state), expected));

  it('says at the end how far it went, and why no further', () =>
    assert.equal(
      restoredLine({
        phase: 'done',
        backup: '20261124-074723F',
        ended: '0/7000148',
        timeline: 2,
        reason: 'no recovery target specified',
      }),
      'restored from backup 20261124-074723F up to 0/7000148 (no recovery target specified); it goes on with timeline 2',
    ));

  const failures: [string, RestoreState, boolean][] = [
    ['copying fails once', { phase: 'failed', during: 'files', tries: 1 }, false],
    ['copying fails twice', { phase: 'failed', during: 'files', tries: 2 }, true],
    ['recovery fails', { phase: 'failed', during: 'replay', tries: 1 }, true],
    ['it is copying again', { phase: 'files', tries: 3 }, false],
    ['it is one in place', { phase: 'failed', during: 'replay', inPlace: '0123abcd 1' }, false],
  ];
  for (const [when, restore, failed] of failures)
    it(`is ${failed ? '' : 'not '}given up when ${when}`, () =>
      assert.equal(restoreFailed({ deleting: false, agent: { restore } } as MemberState), failed));

  it('is not given up for a pod that goes', () =>
    assert.equal(
      restoreFailed({
        deleting: true,
        agent: { restore: { phase: 'failed', during: 'replay' } },
      } as MemberState),
      false,
    ));
});

describe('a pod of a cluster that is not restored yet', () => {
  const states: [string, RestoreState | undefined, boolean][] = [
    ['has failed, whatever it was at', { phase: 'failed', digest: 'wanted' }, true],
    ['copies what is wanted', { phase: 'files', digest: 'wanted' }, false],
    ['replays what is wanted', { phase: 'replay', digest: 'wanted' }, false],
    ['copies for another target', { phase: 'files', digest: 'other' }, true],
    ['replays up to another target', { phase: 'replay', digest: 'other' }, true],
    ['has not begun: it may have the Secret of before', undefined, true],
    ['has just ended', { phase: 'done', digest: 'other' }, false],
  ];
  for (const [what, restore, goes] of states)
    it(`${goes ? 'goes' : 'stays'} when it ${what}`, () =>
      assert.equal(mustBeginAnew({ state: '', agent: { restore } } as MemberState, 'wanted'), goes));

  const others: [string, Partial<MemberState>][] = [
    ['runs, whatever it was made of', { state: 'running', agent: {} }],
    ['is restored in place', { state: '', agent: { restore: { phase: 'replay', inPlace: '0123abcd 1' } } }],
    [
      'waits for a restore in place',
      { state: '', agent: { inPlace: { id: '0123abcd', attempt: 1 } } as never },
    ],
  ];
  for (const [what, member] of others)
    it(`stays when it ${what}`, () => assert.equal(mustBeginAnew(member as MemberState, 'wanted'), false));
});

describe('another target after a restore that failed', () => {
  const path = 'databases/hippo/20261124-0744bcb8';
  const inputs = (restoreFrom: object): FoundationInputs & Record<string, unknown> => {
    const spec = normalise('clone', { namespace: 'ns', replicas: 0, restoreFrom } as never);
    const all = { ...foundationInputs(spec), passwords: {}, repositoryKeys: {} };
    return JSON.parse(JSON.stringify(all)) as FoundationInputs & Record<string, unknown>;
  };
  const wanted = (world: World): string =>
    Buffer.from(world.peek('Secret', 'clone-restore')!.data!['options.json']!, 'base64').toString();
  const pod = (restore: RestoreState) => ({
    metadata: {
      name: 'clone-1-0',
      namespace: 'ns',
      labels: { 'postgres-ha.dev/cluster': 'clone', 'postgres-ha.dev/member': 'clone-1' },
      annotations: { 'postgres-ha.dev/status': JSON.stringify({ restore }) },
    },
  });

  async function made() {
    const world = new World();
    const provider = dynamicProvider(foundation, async () => world);
    const { inputs: checked } = await provider.check({}, inputs({ path, lsn: '0/5000000' }));
    const { id, outs } = await provider.create(checked);
    const change = async (restoreFrom: object): Promise<string[]> => {
      const { inputs: next } = await provider.check(outs, inputs(restoreFrom));
      await provider.update(id, outs, next);
      return Object.values((next as Record<string, unknown>)['plan'] as Record<string, string[]>).flat();
    };
    return { world, change };
  }

  it('is taken, and its pod begins anew', async () => {
    const { world, change } = await made();
    world.put('Pod', pod({ phase: 'failed', during: 'replay' }) as never);
    const plan = await change({ path, lsn: '0/4000000' });
    assert.ok(
      plan.includes(
        `restore from ${path} in repository 1 (up to lsn 0/4000000): no restore has been successful yet`,
      ),
      plan.join('\n'),
    );
    assert.match(wanted(world), /"target":"0\/4000000"/);
    assert.equal(world.peek('Pod', 'clone-1-0'), undefined);
  });

  it('is taken while the other one is still under way', async () => {
    const { world, change } = await made();
    world.put('Pod', pod({ phase: 'files', digest: 'of the other' }) as never);
    await change({ path, lsn: '0/4000000' });
    assert.equal(world.peek('Pod', 'clone-1-0'), undefined);
  });

  it('means nothing once there is a cluster', async () => {
    const { world, change } = await made();
    world.put('Endpoints', {
      metadata: {
        name: 'clone-config',
        namespace: 'ns',
        labels: { 'postgres-ha.dev/cluster': 'clone' },
        annotations: { initialize: '7' },
      },
    } as never);
    const plan = await change({ path, lsn: '0/4000000' });
    assert.deepEqual(
      plan.filter((line) => line.startsWith('restore')),
      [],
    );
    assert.match(wanted(world), /"target":"0\/5000000"/);
  });
});
