/** Which members restart, in which order. Pure. */
import { standbyChecked } from '../../config/parameters';
import { parseSetting } from '../../config/quantity';
import type { MemberState } from '../../live/patroni';
import type { Refusal, SoFar } from '../core/action';
import type { Step } from '../core/steps';
import type { ActionInputs, ObservedCluster } from '../members/cluster';
import { lateStop } from '../members/archiving';
import { find } from '../members/find';
import { candidates, noPrimary, refusePaused, refuseUnknown } from '../members/refuse';
import { waitForAll } from '../members/wait-step';

export interface RestartInputs extends ActionInputs {
  /** Names of the members that restart; default: all. */
  readonly members?: readonly string[];
  /** Only those of them that wait for a restart. */
  readonly pending?: boolean;
  /** The primary restarts where it is, without a switchover before. */
  readonly inPlace?: boolean;
}

/** Under which an executor notes that it has begun: a step that was begun by an interrupted run is recognised by it. */
export const handedOver = (member: string): string => `switchover from ${member}`;

export function plan(
  observed: ObservedCluster,
  inputs: RestartInputs,
  _previous: RestartInputs | undefined,
  soFar: SoFar,
): Step[] {
  const { leader } = observed;
  const wanted = targets(observed, inputs);
  const left = wanted.filter((name) => !isRestarted(name, leader, soFar));
  const pod = (name: string) => find(observed, name);
  const steps: Step[] = [];
  const leads = left.find((name) => name === leader);
  // A standby must not have less than its primary, so a primary that lowers such a parameter goes first, in place.
  const first = leads !== undefined && lowers(pod(leads));
  if (first)
    steps.push(restart(leads, pod(leads), 'in place, first: a standby must not have less than its primary'));
  for (const name of left) if (name !== leader) steps.push(restart(name, pod(name)));
  if (leads !== undefined && !first) {
    const able = candidates(observed);
    const others = observed.declared.filter((name) => name !== leader && !observed.fenced.includes(name));
    const successor = able[0] ?? others[0];
    steps.push(
      inputs.inPlace || successor === undefined
        ? restart(leads, pod(leads), 'in place: writes wait until it is back')
        : {
            kind: 'switchover',
            member: leads,
            text: `switchover from ${leads}`,
            detail:
              (observed.mode !== 'async' && others.length > 1
                ? 'to a synchronous standby'
                : `to ${successor}`) + lateStop(observed, observed.mode, observed.declared.length),
            reason: `${leads} restarts as a replica${pendingText(pod(leads), ', ')}`,
          },
    );
  }
  const ran = steps.length > 0 || soFar.done.length > 0 || Object.keys(soFar.notes).length > 0;
  if (ran) steps.push(waitForAll(observed));
  return steps;
}

function targets(observed: ObservedCluster, { members, pending }: RestartInputs): string[] {
  return (members ?? observed.declared.filter((name) => !observed.fenced.includes(name))).filter(
    (name) => !pending || pendingOf(find(observed, name)).length > 0,
  );
}

function isRestarted(name: string, leader: string | undefined, { done, notes }: SoFar): boolean {
  if (done.some(({ member }) => member === name)) return true;
  // Handed over, but the record of it was lost with the process: an old primary has started anew as a replica.
  return notes[handedOver(name)] !== undefined && leader !== undefined && leader !== name;
}

/** Names of the parameters for which a member waits. */
function pendingOf(member: MemberState | undefined): string[] {
  return [...(member?.agent.pendingRestart ?? [])].sort();
}

function pendingText(member: MemberState | undefined, before: string): string {
  const waits = pendingOf(member).map((name) => {
    const change = member?.pending[name];
    return change ? `${name} ${change.from} → ${change.to}` : name;
  });
  return waits.length > 0 ? `${before}${waits.join(', ')}` : '';
}

function lowers(member: MemberState | undefined): boolean {
  return Object.entries(member?.pending ?? {}).some(([name, { from, to }]) => {
    const [old, new_] = [parseSetting(from), parseSetting(to)];
    return standbyChecked.includes(name) && old !== undefined && new_ !== undefined && new_ < old;
  });
}

function restart(member: string, state: MemberState | undefined, detail?: string): Step {
  return {
    kind: 'restart',
    member,
    text: `restart PostgreSQL of ${member}`,
    detail,
    reason: pendingText(state, '') || undefined,
  };
}

export function refuse({ members }: RestartInputs): Refusal[] {
  return members?.length === 0
    ? [{ property: 'members', reason: 'is empty; name members, or leave it out for all.' }]
    : [];
}

export function refuseObserved(observed: ObservedCluster, inputs: RestartInputs): Refusal[] {
  const named = inputs.members ?? [];
  const unknown = refuseUnknown('members', named, observed);
  if (unknown.length > 0) return unknown;
  const problems = [...noPrimary('cluster', observed)];
  for (const name of named)
    if (observed.fenced.includes(name))
      problems.push({
        property: 'members',
        reason: `${name} is fenced: unfence it instead (Fence with fenced: false).`,
      });
  for (const name of targets(observed, inputs)) {
    const state = find(observed, name);
    if (!observed.fenced.includes(name) && (!state || state.phase !== 'Running'))
      problems.push({
        property: inputs.members ? 'members' : 'cluster',
        reason: `the pod of ${name} ${state ? `is ${state.phase || 'not there'}` : 'does not exist'}: it can't be restarted. Get it running first, or name the others: members.`,
      });
  }
  const { leader } = observed;
  const handsOver =
    leader !== undefined &&
    !inputs.inPlace &&
    targets(observed, inputs).includes(leader) &&
    !lowers(find(observed, leader));
  if (handsOver && candidates(observed).length > 0)
    problems.push(...refusePaused(observed, 'Restart the primary where it is: inPlace'));
  return problems;
}
