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

export function noPrimary(property: string, { leader }: ObservedCluster): Refusal[] {
  return leader === undefined
    ? [{ property, reason: 'the cluster has no primary now. Look at it first: pgha status.' }]
    : [];
}
