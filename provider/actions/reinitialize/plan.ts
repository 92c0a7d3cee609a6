/** A replica is made anew. Pure. */
import type { Refusal, SoFar } from '../core/action';
import type { Step } from '../core/steps';
import type { ActionInputs, ObservedCluster } from '../members/cluster';
import { find } from '../members/find';
import { noPrimary, refuseLastStandby, refuseUnknown } from '../members/refuse';

export interface ReinitializeInputs extends ActionInputs {
  readonly member: string;
}

export function plan(
  _observed: ObservedCluster,
  { member }: ReinitializeInputs,
  _previous: ReinitializeInputs | undefined,
  _soFar: SoFar,
): Step[] {
  return [
    {
      kind: 'reinitialize',
      member,
      text: `reinitialize ${member}`,
      detail: 'its data directory is removed and copied anew, from a backup or the primary',
    },
  ];
}

export function refuseObserved(observed: ObservedCluster, { member }: ReinitializeInputs): Refusal[] {
  const refusal = (reason: string): Refusal[] => [{ property: 'member', reason }];
  const first = [...refuseUnknown('member', [member], observed), ...noPrimary('cluster', observed)];
  if (first.length > 0) return first;
  if (observed.leader === member)
    return refusal(
      `${member} is the primary: its data are the database. Hand over first (Switchover), or restore from a backup.`,
    );
  if (observed.fenced.includes(member)) return refusal(`${member} is fenced: unfence it first.`);
  const state = find(observed, member);
  if (!state || state.phase !== 'Running')
    return refusal(
      `the pod of ${member} ${state ? `is ${state.phase}` : 'does not exist'}: get it running first.`,
    );
  return refuseLastStandby('member', [member], observed);
}
