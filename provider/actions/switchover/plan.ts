/** Who hands over to whom. Pure. */
import type { Refusal, SoFar } from '../core/action';
import type { Step } from '../core/steps';
import type { ActionInputs, ObservedCluster } from '../members/cluster';
import { lateStop } from '../members/archiving';
import { find } from '../members/find';
import { candidates, noPrimary, refusePaused, refuseUnknown } from '../members/refuse';
import { isUp } from '../members/up';
import { waitForAll } from '../members/wait-step';

export interface SwitchoverInputs extends ActionInputs {
  /** The member that shall lead; default: the best one. */
  readonly to?: string;
}

/** Under which an executor notes who led when it began. */
export const begun = 'switchover from';

export function plan(
  observed: ObservedCluster,
  { to }: SwitchoverInputs,
  _previous: SwitchoverInputs | undefined,
  { done, notes }: SoFar,
): Step[] {
  const { leader, mode } = observed;
  const from = notes[begun];
  // Whoever led when it began leads no more: it is over, though nobody has recorded it.
  const moved = from !== undefined && leader !== undefined && leader !== from;
  const over = done.length > 0 || (moved && (to === undefined || leader === to));
  if (over) return [waitForAll(observed)];
  if (leader === undefined || leader === to) return [];
  const able = candidates(observed);
  const choice = mode !== 'async' && able.length > 1 ? 'to a synchronous standby' : `to ${able[0]}`;
  return [
    {
      kind: 'switchover',
      member: leader,
      text: `switchover from ${leader}${to === undefined ? '' : ` to ${to}`}`,
      detail: `${to === undefined ? `${choice}, ` : ''}after a checkpoint${lateStop(observed, mode, observed.declared.length)}`,
    },
    waitForAll(observed),
  ];
}

export function refuseObserved(observed: ObservedCluster, { to }: SwitchoverInputs): Refusal[] {
  const property = to === undefined ? 'cluster' : 'to';
  const unknown = to === undefined ? [] : refuseUnknown('to', [to], observed);
  const first = [...unknown, ...noPrimary('cluster', observed)];
  if (first.length > 0 || to === observed.leader) return first;
  const able = candidates(observed);
  const others = able.length > 0 ? `Able now: ${able.join(', ')}.` : 'No member is able now: pgha status.';
  const no = (reason: string): Refusal[] => [{ property, reason: `${reason} ${others}` }];
  if (to === undefined)
    return able.length > 0
      ? refusePaused(observed, 'Name the member: to')
      : no('there is nobody to hand over to.');
  if (able.includes(to)) return [];
  if (observed.fenced.includes(to)) return no(`${to} is fenced, so that it can't become primary.`);
  if (!isUp(find(observed, to), observed.leader)) return no(`${to} does not stream from the primary.`);
  return no(`${to} is no synchronous standby (mode ${observed.mode}), so it may lack commits.`);
}
