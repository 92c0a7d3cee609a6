/** What can't be done to the members that there are, in words. Pure. */
import type { Refusal } from '../core/action';
import type { ObservedCluster } from './cluster';
import { find } from './find';
import { isUp } from './up';

export function refuseUnknown(
  property: string,
  wanted: readonly string[],
  { declared }: Pick<ObservedCluster, 'declared'>,
): Refusal[] {
  return wanted
    .filter((name) => !declared.includes(name))
    .map((name) => ({
      property,
      reason: `there is no member ${name}. Members: ${declared.join(', ')}.`,
    }));
}

/** Members that stream and may take over, where commits are synchronous only those that hold them all. */
export function candidates(observed: ObservedCluster, without: readonly string[] = []): string[] {
  const { leader, mode, synchronous, declared, fenced } = observed;
  return declared.filter(
    (name) =>
      name !== leader &&
      !fenced.includes(name) &&
      !without.includes(name) &&
      isUp(find(observed, name), leader) &&
      (mode === 'async' || synchronous.includes(name)),
  );
}

/** Why a member may not go out of service now: it would leave nobody who has all commits. */
export function refuseLastStandby(
  property: string,
  members: readonly string[],
  observed: ObservedCluster,
): Refusal[] {
  if (observed.mode === 'async') return [];
  const now = candidates(observed);
  const goes = members.filter((name) => now.includes(name));
  if (goes.length === 0 || candidates(observed, members).length > 0) return [];
  const effect =
    observed.mode === 'strict'
      ? 'commits would wait until another standby is there'
      : 'commits would be on the primary alone';
  return [
    {
      property,
      reason: `${goes.join(', ')} ${goes.length > 1 ? 'are' : 'is'} the last synchronous standby (mode ${observed.mode}): ${effect}. Get another member up first (pgha status), or add one: replicas.`,
    },
  ];
}

/** While automatic failover is paused, Patroni does not choose who takes over; in async mode we name one anyway. */
export function refusePaused(
  { paused, mode }: Pick<ObservedCluster, 'paused' | 'mode'>,
  instead: string,
): Refusal[] {
  return paused && mode !== 'async'
    ? [
        {
          property: 'cluster',
          reason: `automatic failover is paused, and Patroni chooses no new primary meanwhile. ${instead}, or resume it first: pgha resume, or Maintenance with paused: false.`,
        },
      ]
    : [];
}

const undecided =
  'a restore in place has begun and not ended. Go on with it (pulumi up again, or the same trigger), or undo it: pgha restore --undo.';

export function whileRestoring(property: string, { restoring }: ObservedCluster): Refusal[] {
  return restoring ? [{ property, reason: undecided }] : [];
}

export function noPrimary(property: string, observed: ObservedCluster): Refusal[] {
  const { leader, hibernated = [], restoring } = observed;
  if (leader === undefined && restoring) return whileRestoring(property, observed);
  if (leader === undefined && hibernated.length > 0)
    return [{ property, reason: 'the cluster is hibernated. Start it first: pgha start.' }];
  return leader === undefined
    ? [{ property, reason: 'the cluster has no primary now. Look at it first: pgha status.' }]
    : [];
}
