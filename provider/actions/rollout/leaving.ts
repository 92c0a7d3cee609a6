/**
 * How members leave. Planned last: Pulumi deletes their StatefulSets after the rollout, and until the members
 * that stay are ready, those that leave are needed. Pure.
 */
import type { MemberState } from '../../live/patroni';
import type { Step } from '../core/steps';
import type { RolloutInputs } from './inputs';
import { needOf } from './need';
import { leavers, type Observed } from './observe';

export function leaveSteps(
  observed: Observed,
  inputs: RolloutInputs,
  previous: RolloutInputs | undefined,
): Step[] {
  const gone = leavers(inputs, previous);
  return [
    ...gone.flatMap((name) => {
      const member = observed.members.find((one) => one.member === name);
      return member ? [leave(member, observed.leader === name, inputs, previous!)] : [];
    }),
    ...(observed.volumes ?? []).map(({ name, member, size }): Step => ({
      kind: 'deleteVolume',
      member,
      text: `delete PersistentVolumeClaim ${name}`,
      detail: `${size}, for ever, once its pod has gone`,
      reason: `${member} leaves, and removedData is "delete"`,
    })),
  ];
}

function leave(
  member: MemberState,
  leads: boolean,
  { synchronous }: RolloutInputs,
  previous: RolloutInputs,
): Step {
  const name = member.member;
  const first = synchronous.mode === 'async' ? [] : ['out of the synchronous standbys first'];
  return {
    kind: 'leave',
    member: name,
    text: `let ${name} go`,
    detail: [situation(member, leads, previous), ...first, 'then its pod and StatefulSet are deleted'].join(
      '; ',
    ),
  };
}

/**
 * Without what changes from moment to moment, such as lag: a plan is one text for one situation. A pending restart is
 * told by what was wanted before, so that the text is one before and after the same `up` has changed the settings.
 */
function situation(member: MemberState, leads: boolean, previous: RolloutInputs): string {
  const before = previous.members.find(({ name }) => name === member.member);
  const need = before && needOf(member, before, previous, previous);
  return [
    leads ? 'leads now' : member.streaming ? 'replica, streams' : `replica, ${member.state || 'down'}`,
    ...(need ? [`restart pending: ${need.reason}`] : []),
  ].join(', ');
}
