/** What no action does to a cluster, in whole sentences. */
import assert from 'node:assert/strict';
import * as backup from '../../../provider/actions/backup/plan';
import * as fence from '../../../provider/actions/fence/plan';
import * as reinitialize from '../../../provider/actions/reinitialize/plan';
import * as restart from '../../../provider/actions/restart/plan';
import * as switchover from '../../../provider/actions/switchover/plan';
import { cluster, common, down, member } from './support/observed-cluster';

describe('refused, in words', () => {
  const two = cluster({
    declared: ['hippo-1', 'hippo-2'],
    members: [member('hippo-1'), member('hippo-2')],
    synchronous: ['hippo-2'],
  });
  const last =
    'hippo-2 is the last synchronous standby (mode quorum): commits would be on the primary alone. Get another member up first (pgha status), or add one: replicas.';
  const unknown = 'there is no member hippo-7. Members: hippo-1, hippo-2, hippo-3.';
  const noPrimary = 'the cluster has no primary now. Look at it first: pgha status.';
  const paused = 'automatic failover is paused, and Patroni chooses no new primary meanwhile.';
  const resume = 'or resume it first: pgha resume, or Maintenance with paused: false.';
  const cases: [string, readonly { property: string; reason: string }[], string, string][] = [
    [
      'Restart of an unknown member',
      restart.refuseObserved(cluster(), { ...common, members: ['hippo-7'] }),
      'members',
      unknown,
    ],
    [
      'Restart of a fenced member',
      restart.refuseObserved(cluster({ fenced: ['hippo-3'] }), { ...common, members: ['hippo-3'] }),
      'members',
      'hippo-3 is fenced: unfence it instead (Fence with fenced: false).',
    ],
    [
      'Restart without a primary',
      restart.refuseObserved(cluster({ leader: undefined }), common),
      'cluster',
      noPrimary,
    ],
    [
      'Restart that hands over while automatic failover is paused',
      restart.refuseObserved(cluster({ paused: true }), common),
      'cluster',
      `${paused} Restart the primary where it is: inPlace, ${resume}`,
    ],
    [
      'Switchover to anybody while automatic failover is paused',
      switchover.refuseObserved(cluster({ paused: true }), common),
      'cluster',
      `${paused} Name the member: to, ${resume}`,
    ],
    [
      'Restart of a member without a running pod',
      restart.refuseObserved(cluster({}, [member('hippo-2', { phase: 'Pending' })]), common),
      'cluster',
      "the pod of hippo-2 is Pending: it can't be restarted. Get it running first, or name the others: members.",
    ],
    [
      'Switchover to an unknown member',
      switchover.refuseObserved(cluster(), { ...common, to: 'hippo-7' }),
      'to',
      unknown,
    ],
    [
      'Switchover to a member that does not stream',
      switchover.refuseObserved(cluster({}, [down('hippo-2')]), { ...common, to: 'hippo-2' }),
      'to',
      'hippo-2 does not stream from the primary. Able now: hippo-3.',
    ],
    [
      'Switchover to one that is not synchronous',
      switchover.refuseObserved(cluster({ synchronous: ['hippo-3'], mode: 'sync' }), {
        ...common,
        to: 'hippo-2',
      }),
      'to',
      'hippo-2 is no synchronous standby (mode sync), so it may lack commits. Able now: hippo-3.',
    ],
    [
      'Switchover of a single member',
      switchover.refuseObserved(
        cluster({ declared: ['hippo-1'], members: [member('hippo-1')], synchronous: [], mode: 'async' }),
        common,
      ),
      'cluster',
      'there is nobody to hand over to. No member is able now: pgha status.',
    ],
    [
      'Fence of the last standby',
      fence.refuseObserved(two, { ...common, members: ['hippo-2'] }),
      'members',
      last,
    ],
    [
      'Fence of a primary with nobody to follow',
      fence.refuseObserved(cluster({}, [down('hippo-2'), down('hippo-3')]), {
        ...common,
        members: ['hippo-1'],
      }),
      'members',
      'hippo-1 is the primary, and there is nobody to hand over to; fenced, it would take the database away. Get another member up first: pgha status.',
    ],
    [
      'Fence of nobody',
      fence.refuse({ ...common, members: [] }),
      'members',
      'is empty; name the members, for example ["hippo-2"].',
    ],
    [
      'Reinitialize of the primary',
      reinitialize.refuseObserved(cluster(), { ...common, member: 'hippo-1' }),
      'member',
      'hippo-1 is the primary: its data are the database. Hand over first (Switchover), or restore from a backup.',
    ],
    [
      'Reinitialize of the last standby',
      reinitialize.refuseObserved(two, { ...common, member: 'hippo-2' }),
      'member',
      last,
    ],
    [
      'Reinitialize of an unknown member',
      reinitialize.refuseObserved(cluster(), { ...common, member: 'hippo-7' }),
      'member',
      unknown,
    ],
    [
      'Backup of an unknown type',
      backup.refuse({ ...common, type: 'all' }),
      'type',
      'is "all"; allowed are full, diff, incr.',
    ],
    [
      'Backup to a repository that is not there',
      backup.refuseObserved({ repositories: [1], full: {} }, { ...common, repository: 3 }),
      'repository',
      'hippo has no repository 3. It has 1.',
    ],
  ];
  for (const [title, found, property, reason] of cases)
    it(title, () => assert.deepEqual(found, [{ property, reason }]));
  it('and not what only looks alike', () => {
    const broken = cluster({
      declared: ['hippo-1', 'hippo-2'],
      members: [member('hippo-1'), down('hippo-2')],
      synchronous: [],
    });
    assert.deepEqual(reinitialize.refuseObserved(broken, { ...common, member: 'hippo-2' }), []);
    assert.deepEqual(fence.refuseObserved(cluster(), { ...common, members: ['hippo-2'] }), []);
    assert.deepEqual(switchover.refuseObserved(cluster(), { ...common, to: 'hippo-1' }), []);
  });
});
