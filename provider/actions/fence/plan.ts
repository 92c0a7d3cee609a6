/** Who is stopped and kept stopped, or starts again. Pure. */
import type { Refusal, SoFar } from '../core/action';
import type { Step } from '../core/steps';
import type { ActionInputs, ObservedCluster } from '../members/cluster';
import { candidates, refuseLastStandby, refuseUnknown } from '../members/refuse';

export interface FenceInputs extends ActionInputs {
  readonly members: readonly string[];
  /** False: they run again. Default: true. */
  readonly fenced?: boolean;
}

export function plan(
  observed: ObservedCluster,
  { members, fenced = true }: FenceInputs,
  _previous: FenceInputs | undefined,
  { done, notes }: SoFar,
): Step[] {
  // Begun, and its end not recorded: it is waited for once more.
  const begun = (name: string) =>
    notes[name] !== undefined && !done.some((one) => one.member === name && one.kind !== 'switchover');
  const left = members.filter((name) => observed.fenced.includes(name) !== fenced || begun(name));
  if (!fenced)
    return left.map((name) => ({
      kind: 'unfence',
      member: name,
      text: `unfence ${name}`,
      detail: 'it starts, and streams from the primary again',
    }));
  const { leader } = observed;
  const leads = left.find((name) => name === leader);
  const handOver: Step[] =
    leads === undefined
      ? []
      : [
          {
            kind: 'switchover',
            member: leads,
            text: `switchover from ${leads}`,
            detail: `to ${candidates(observed, members).join(' or ') || 'nobody: no other member is able'}`,
            reason: `${leads} is to be fenced`,
          },
        ];
  return [
    ...handOver,
    ...left.map((name) => ({
      kind: 'fence',
      member: name,
      text: `fence ${name}`,
      detail: 'PostgreSQL stops and stays stopped; pod and volume stay',
    })),
  ];
}

export function refuse({ members }: FenceInputs): Refusal[] {
  return members.length === 0
    ? [{ property: 'members', reason: 'is empty; name the members, for example ["hippo-2"].' }]
    : [];
}

export function refuseObserved(
  observed: ObservedCluster,
  { members, fenced = true }: FenceInputs,
): Refusal[] {
  const unknown = refuseUnknown('members', members, observed);
  if (unknown.length > 0 || !fenced) return unknown;
  const new_ = members.filter((name) => !observed.fenced.includes(name));
  const { leader } = observed;
  if (leader !== undefined && new_.includes(leader) && candidates(observed, members).length === 0)
    return [
      {
        property: 'members',
        reason: `${leader} is the primary, and there is nobody to hand over to; fenced, it would take the database away. Get another member up first: pgha status.`,
      },
    ];
  return refuseLastStandby(
    'members',
    new_.filter((name) => name !== leader),
    observed,
  );
}
