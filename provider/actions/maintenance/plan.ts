/** Automatic failover off or on. Pure. */
import type { Step } from '../core/steps';
import type { ActionInputs, ObservedCluster } from '../members/cluster';

export interface MaintenanceInputs extends ActionInputs {
  /** False: automatic failover works again. Default: true. */
  readonly paused?: boolean;
}

export function plan(observed: ObservedCluster, { paused = true }: MaintenanceInputs): Step[] {
  if (observed.paused === paused) return [];
  return [
    paused
      ? {
          kind: 'pause',
          text: 'pause automatic failover',
          detail: 'Patroni promotes, restarts and stops nothing by itself until it is resumed',
        }
      : { kind: 'resume', text: 'resume automatic failover' },
  ];
}
