/**
 * Which members restart, in which order, and why. Pure.
 *
 * Invariants, held by the order and checked by the tests after every step and every interruption:
 * at most one member is down at a time; a primary is replaced only after a switchover, if there is
 * anybody to switch to; there is one switchover at most for each member that leads at the start;
 * a member leaves only when all that stay are ready.
 */
import type { Step } from '../core/steps';
import { lateStop } from '../members/archiving';
import { isUp } from '../members/up';
import type { RolloutInputs } from './inputs';
import { leaveSteps } from './leaving';
import { needOf, type Need } from './need';
import type { Observed } from './observe';

export function plan(observed: Observed, inputs: RolloutInputs, previous: RolloutInputs | undefined): Step[] {
  if ((observed.hibernated ?? []).length > 0) return [asleep(inputs)];
  const pods = new Map(observed.members.map((one) => [one.member, one]));
  const needs = new Map<string, Need>();
  for (const wanted of inputs.members) {
    const pod = pods.get(wanted.name);
    const need = pod && needOf(pod, wanted, inputs, previous);
    if (need) needs.set(wanted.name, need);
  }
  const { leader } = observed;
  const leads = (name: string) => name === leader;
  const replicas = inputs.members.map(({ name }) => name).filter((name) => !leads(name));
  const leaving = leader !== undefined && !inputs.members.some(({ name }) => leads(name));
  // Who is down already is repaired first, so that nobody else goes down beside it.
  const down = (name: string) => !isUp(pods.get(name), leader);

  const pending: Step[] = [];
  if (inputs.restartPolicy === 'manual')
    for (const [name, need] of needs) {
      // To repair who is down interrupts nobody.
      if (down(name) && need.kind === 'replace') continue;
      pending.push(leftPending(name, need));
      needs.delete(name);
    }
  const leaderNeed = leader === undefined ? undefined : needs.get(leader);

  const steps: Step[] = [];
  // A standby must not have less than its primary: so the primary goes first when something decreases.
  const first = leaderNeed?.decreases === true;
  if (first)
    steps.push(
      restart(
        leader!,
        leaderNeed,
        `in place, first: a standby must not have less than its primary; ${refused}`,
      ),
    );
  for (const name of [...replicas.filter(down), ...replicas.filter((one) => !down(one))]) {
    const need = needs.get(name);
    if (need) steps.push(stepFor(name, need));
  }
  const successor = replicas[0];
  const inPlace = leaderNeed?.kind === 'restart' && inputs.restartPolicy === 'inPlace';
  const moves = leaderNeed !== undefined && (leaderNeed.kind === 'replace' || !first);
  if (successor !== undefined && (leaving || (moves && !inPlace)))
    steps.push(switchover(observed, successor, inputs, leaving));
  if (leaderNeed && moves)
    steps.push(
      inPlace || successor === undefined
        ? alone(leader!, leaderNeed, inPlace ? 'in place' : 'nobody to switch to')
        : stepFor(leader!, leaderNeed),
    );
  return [...steps, ...pending, wait(inputs, previous), ...leaveSteps(observed, inputs, previous)];
}

const refused = 'writes are refused until it has started, some seconds';

function stepFor(member: string, need: Need, detail?: string): Step {
  return need.kind === 'replace'
    ? { kind: 'replace', member, text: `replace the pod of ${member}`, detail, reason: need.reason }
    : restart(member, need, detail);
}

function restart(member: string, need: Need, detail?: string): Step {
  return { kind: 'restart', member, text: `restart PostgreSQL of ${member}`, detail, reason: need.reason };
}

/** A primary that goes down without a successor. */
function alone(member: string, need: Need, why: string): Step {
  return stepFor(member, need, `${why}: ${refused}`);
}

/** Nothing is done; it is shown. */
function leftPending(member: string, need: Need): Step {
  const what = need.kind === 'replace' ? `keep the pod of ${member}` : `keep PostgreSQL of ${member} running`;
  return {
    kind: 'pending',
    member,
    text: `${what}, restart pending`,
    detail: 'restartPolicy "manual"',
    reason: need.reason,
  };
}

function switchover(observed: Observed, successor: string, inputs: RolloutInputs, leaving: boolean): Step {
  const { mode } = inputs.synchronous;
  const leader = observed.leader!;
  const others = mode !== 'async' && inputs.members.length > 2;
  return {
    kind: 'switchover',
    member: leader,
    text: `switchover from ${leader}`,
    detail: `to ${successor}${others ? ' or another synchronous standby' : ''}${lateStop(observed, mode, inputs.members.length)}`,
    reason: leaving ? `${leader} leaves` : undefined,
  };
}

/** What a start takes up needs no rollout: each pod is made of the newest template. */
function asleep({ cluster }: RolloutInputs): Step {
  return {
    kind: 'asleep',
    text: `wait for nothing: ${cluster} is hibernated, and takes all this up when it is started`,
  };
}

function wait(inputs: RolloutInputs, previous: RolloutInputs | undefined): Step {
  const members = inputs.members.map(({ name }) => name);
  const before = previous?.members.map(({ name }) => name) ?? [];
  const added = previous ? members.filter((name) => !before.includes(name)) : [];
  return {
    kind: 'wait',
    text: `wait until ${members.join(', ')} ${members.length > 1 ? 'are' : 'is'} ready`,
    detail: added.length > 0 ? `new: ${added.join(', ')}` : undefined,
  };
}
