/** What each action would do to a cluster that is as described: whole plans, and refusals in whole sentences. */
import assert from 'node:assert/strict';
import { nothingYet, type SoFar } from '../../../provider/actions/core/action';
import { lines } from '../../../provider/actions/core/plan';
import * as backup from '../../../provider/actions/backup/plan';
import * as fence from '../../../provider/actions/fence/plan';
import * as maintenance from '../../../provider/actions/maintenance/plan';
import type { ObservedCluster } from '../../../provider/actions/members/cluster';
import * as reinitialize from '../../../provider/actions/reinitialize/plan';
import * as restart from '../../../provider/actions/restart/plan';
import * as switchover from '../../../provider/actions/switchover/plan';
import { cluster, common, member } from './support/observed-cluster';

const pending = (name: string, from: string, to: string) =>
  member(name, {
    agent: { pendingRestart: ['max_connections'] },
    pending: { max_connections: { from, to } },
  });
const done = (...steps: [kind: string, member: string][]): SoFar => ({
  done: steps.map(([kind, name]) => ({ kind, member: name, text: `${kind} ${name}` })),
  notes: {},
});

/** A primary whose repository does not answer. */
const unarchived = member('hippo-1', { agent: { archive: { 1: 'ERROR: [082]: timeout', 2: 'ok' } } });
const late = 'repository 1 takes no WAL now, so that hippo-1 stops up to 40 s late';

const all = 'wait until hippo-1, hippo-2, hippo-3 are up';
const handOver = (from = 'hippo-1', why = '') =>
  `switchover from ${from} (to a synchronous standby): ${from} restarts as a replica${why}`;

describe('the plan of a Restart', () => {
  const cases: [string, ObservedCluster, Partial<restart.RestartInputs>, SoFar, string[]][] = [
    [
      'takes replicas first, then hands over',
      cluster(),
      {},
      nothingYet,
      ['restart PostgreSQL of hippo-2', 'restart PostgreSQL of hippo-3', handOver(), all],
    ],
    [
      'names what members wait for',
      cluster({}, [pending('hippo-1', '100', '200'), pending('hippo-2', '100', '200')]),
      { pending: true },
      nothingYet,
      [
        'restart PostgreSQL of hippo-2: max_connections 100 → 200',
        handOver('hippo-1', ', max_connections 100 → 200'),
        all,
      ],
    ],
    [
      'takes a primary first that lowers what standbys must not have less of',
      cluster({}, [pending('hippo-1', '200', '100'), pending('hippo-2', '200', '100')]),
      { pending: true },
      nothingYet,
      [
        'restart PostgreSQL of hippo-1 (in place, first: a standby must not have less than its primary): max_connections 200 → 100',
        'restart PostgreSQL of hippo-2: max_connections 200 → 100',
        all,
      ],
    ],
    [
      'says when its switchover takes longer',
      cluster({}, [unarchived]),
      { members: ['hippo-1'] },
      nothingYet,
      [`switchover from hippo-1 (to a synchronous standby; ${late}): hippo-1 restarts as a replica`, all],
    ],
    ['of nothing pending is nothing', cluster(), { pending: true }, nothingYet, ['nothing to do']],
    [
      'in place has no switchover',
      cluster(),
      { inPlace: true, members: ['hippo-1'] },
      nothingYet,
      ['restart PostgreSQL of hippo-1 (in place: writes wait until it is back)', all],
    ],
    [
      'of a single member is in place',
      cluster({ declared: ['hippo-1'], members: [member('hippo-1')], mode: 'async', synchronous: [] }),
      {},
      nothingYet,
      ['restart PostgreSQL of hippo-1 (in place: writes wait until it is back)', 'wait until hippo-1 is up'],
    ],
    [
      'leaves fenced members alone',
      cluster({ fenced: ['hippo-3'], synchronous: ['hippo-2'] }),
      {},
      nothingYet,
      [
        'restart PostgreSQL of hippo-2',
        'switchover from hippo-1 (to hippo-2): hippo-1 restarts as a replica',
        'wait until hippo-1, hippo-2 are up',
      ],
    ],
    [
      'goes on with those that are left, whoever leads now',
      cluster({ leader: 'hippo-3' }),
      {},
      done(['restart', 'hippo-2']),
      ['restart PostgreSQL of hippo-1', handOver('hippo-3'), all],
    ],
    [
      'counts a switchover as the restart of the old primary',
      cluster({ leader: 'hippo-2' }),
      {},
      done(['restart', 'hippo-2'], ['restart', 'hippo-3'], ['switchover', 'hippo-1']),
      [all],
    ],
    [
      'also one whose record was lost with the process',
      cluster({ leader: 'hippo-2' }),
      {},
      {
        ...done(['restart', 'hippo-2'], ['restart', 'hippo-3']),
        notes: { 'switchover from hippo-1': 'begun' },
      },
      [all],
    ],
  ];
  for (const [title, observed, inputs, soFar, expected] of cases)
    it(title, () =>
      assert.deepEqual(lines(restart.plan(observed, { ...common, ...inputs }, undefined, soFar)), expected),
    );
});

describe('the plan of a Switchover', () => {
  const cases: [string, ObservedCluster, string | undefined, SoFar, string[]][] = [
    [
      'names the member',
      cluster(),
      'hippo-3',
      nothingYet,
      ['switchover from hippo-1 to hippo-3 (after a checkpoint)', all],
    ],
    [
      'lets Patroni choose',
      cluster(),
      undefined,
      nothingYet,
      ['switchover from hippo-1 (to a synchronous standby, after a checkpoint)', all],
    ],
    [
      'says that it takes longer while a repository takes no WAL',
      cluster({}, [unarchived]),
      'hippo-3',
      nothingYet,
      [`switchover from hippo-1 to hippo-3 (after a checkpoint; ${late})`, all],
    ],
    [
      'says that commits wait for the only other member',
      cluster({ declared: ['hippo-1', 'hippo-2'], mode: 'strict', synchronous: ['hippo-2'] }, [unarchived]),
      undefined,
      nothingYet,
      [
        `switchover from hippo-1 (to hippo-2, after a checkpoint; ${late}; commits wait for it)`,
        'wait until hippo-1, hippo-2 are up',
      ],
    ],
    ['to who leads already is nothing', cluster(), 'hippo-1', nothingYet, ['nothing to do']],
    [
      'is over when who led at its beginning leads no more',
      cluster({ leader: 'hippo-2' }),
      undefined,
      { done: [], notes: { 'switchover from': 'hippo-1' } },
      [all],
    ],
    [
      'is not over when another than wanted has taken over',
      cluster({ leader: 'hippo-2' }),
      'hippo-3',
      { done: [], notes: { 'switchover from': 'hippo-1' } },
      ['switchover from hippo-2 to hippo-3 (after a checkpoint)', all],
    ],
  ];
  for (const [title, observed, to, soFar, expected] of cases)
    it(title, () =>
      assert.deepEqual(lines(switchover.plan(observed, { ...common, to }, undefined, soFar)), expected),
    );
});

describe('the plan of a Fence', () => {
  const stop = (name: string) => `fence ${name} (PostgreSQL stops and stays stopped; pod and volume stay)`;
  const cases: [string, ObservedCluster, readonly string[], boolean, SoFar, string[]][] = [
    ['stops a replica', cluster(), ['hippo-2'], true, nothingYet, [stop('hippo-2')]],
    [
      'of the primary hands over first',
      cluster(),
      ['hippo-1'],
      true,
      nothingYet,
      ['switchover from hippo-1 (to hippo-2 or hippo-3): hippo-1 is to be fenced', stop('hippo-1')],
    ],
    [
      'of who is fenced is nothing',
      cluster({ fenced: ['hippo-2'] }),
      ['hippo-2'],
      true,
      nothingYet,
      ['nothing to do'],
    ],
    [
      'begun is waited for',
      cluster({ fenced: ['hippo-2'] }),
      ['hippo-2'],
      true,
      { done: [], notes: { 'hippo-2': 'begun' } },
      [stop('hippo-2')],
    ],
    [
      'ends',
      cluster({ fenced: ['hippo-2'] }),
      ['hippo-2'],
      false,
      nothingYet,
      ['unfence hippo-2 (it starts, and streams from the primary again)'],
    ],
  ];
  for (const [title, observed, members, fenced, soFar, expected] of cases)
    it(title, () =>
      assert.deepEqual(
        lines(fence.plan(observed, { ...common, members, fenced }, undefined, soFar)),
        expected,
      ),
    );
});

describe('other plans', () => {
  it('of Maintenance', () => {
    const plan = (paused: boolean, wanted: boolean) =>
      lines(maintenance.plan(cluster({ paused }), { ...common, paused: wanted }));
    assert.deepEqual(plan(false, true), [
      'pause automatic failover (Patroni promotes, restarts and stops nothing by itself until it is resumed)',
    ]);
    assert.deepEqual(plan(true, false), ['resume automatic failover']);
    assert.deepEqual(plan(true, true), ['nothing to do']);
  });
  it('of Reinitialize', () => {
    assert.deepEqual(
      lines(reinitialize.plan(cluster(), { ...common, member: 'hippo-2' }, undefined, nothingYet)),
      ['reinitialize hippo-2 (its data directory is removed and copied anew, from a backup or the primary)'],
    );
  });
  it('of a Backup', () => {
    const observed = { repositories: [1, 2], full: { 1: ['20261124-100000F'] } };
    const plan = (inputs: Partial<backup.BackupInputs>) =>
      lines(backup.plan(observed, { ...common, ...inputs }));
    assert.deepEqual(plan({}), [
      'full backup to repository 1 (then what the retention no longer covers is removed)',
    ]);
    assert.deepEqual(plan({ type: 'incr', repository: 2, annotations: { why: 'upgrade' }, expire: false }), [
      'incr backup to repository 2 (a full one, since there is none yet; annotated why=upgrade; nothing is removed)',
    ]);
  });
});
