/**
 * Which members restart, in which order, and why. Pure.
 *
 * Invariants, held by the order and checked by the tests after every step and every interruption:
 * at most one member is down at a time; a primary is replaced only after a switchover, if there is
 * anybody to switch to; there is one switchover at most for each member that leads at the start.
 */
import { sameSetting, standbyChecked } from '../../config/parameters';
import { parseSetting } from '../../config/quantity';
import type { MemberState } from '../../live/patroni';
import type { Step } from '../core/steps';
import type { Observed } from '../members/observe';
import { isUp } from '../members/up';
import type { MemberInput, RolloutInputs } from './inputs';

/** What a member needs to become as wanted. */
export type Need = {
  readonly kind: 'replace' | 'restart';
  readonly reason: string;
  readonly decreases: boolean;
};

export function plan(observed: Observed, inputs: RolloutInputs, previous: RolloutInputs | undefined): Step[] {
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
  const leaderNeed = leader === undefined ? undefined : needs.get(leader);

  const steps: Step[] = [];
  // A standby must not have less than its primary: so the primary goes first when something decreases.
  const first = leaderNeed?.decreases === true;
  if (first)
    steps.push(
      restart(leader!, leaderNeed, 'in place, first: a standby must not have less than its primary'),
    );
  // Who is down already is repaired first, so that nobody else goes down beside it.
  const down = (name: string) => !isUp(pods.get(name), leader);
  for (const name of [...replicas.filter(down), ...replicas.filter((one) => !down(one))]) {
    const need = needs.get(name);
    if (need) steps.push(stepFor(name, need));
  }
  const successor = replicas[0];
  const moves = leaderNeed !== undefined && (leaderNeed.kind === 'replace' || !first);
  if (successor !== undefined && (leaving || moves))
    steps.push(switchover(leader!, successor, inputs, leaving));
  if (leaderNeed && moves) steps.push(stepFor(leader!, leaderNeed));
  steps.push(wait(inputs, previous));
  return steps;
}

/** What differs between a pod and what is wanted of it; its reasons are made of the differing keys. */
export function needOf(
  pod: MemberState,
  wanted: MemberInput,
  inputs: RolloutInputs,
  previous: RolloutInputs | undefined,
): Need | undefined {
  const pieces = differences(pod.fingerprint, wanted.fingerprint);
  const changes = settingChanges(pod, wanted, inputs, previous);
  const reasons = [...pieces, ...changes.map(({ text }) => text)];
  if (reasons.length === 0) return undefined;
  return {
    kind: pieces.length > 0 ? 'replace' : 'restart',
    reason: reasons.join(', '),
    decreases: changes.some(({ decreases }) => decreases),
  };
}

/** "image a → b", sorted by key; the key `pod` is a hash of all that has no key of its own. */
export function differences(
  running: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): string[] {
  if (Object.keys(running).length === 0) return ['the pod is not one that this package made'];
  const keys = [...new Set([...Object.keys(running), ...Object.keys(wanted)])].sort();
  return keys
    .filter((key) => running[key] !== wanted[key])
    .map((key) =>
      key === 'pod' ? 'the pod’s definition' : `${key} ${running[key] ?? 'none'} → ${wanted[key] ?? 'none'}`,
    );
}

interface SettingChange {
  readonly text: string;
  readonly decreases: boolean;
}

function settingChanges(
  pod: MemberState,
  wanted: MemberInput,
  inputs: RolloutInputs,
  previous: RolloutInputs | undefined,
): SettingChange[] {
  const running = pod.agent.running;
  // Not published yet: a member that has not started takes everything up when it does.
  if (!running) return [];
  const target = { ...inputs.restartParameters, ...wanted.restartParameters };
  const old = previous && {
    ...previous.restartParameters,
    ...previous.members.find(({ name }) => name === wanted.name)?.restartParameters,
  };
  const names = [...new Set([...Object.keys(target), ...Object.keys(running)])].sort();
  return names.flatMap((name) => {
    const value = target[name];
    const now = running[name];
    // A parameter that is newly set is published only after it was taken up; until then the old inputs tell.
    const differs =
      now === undefined
        ? old !== undefined &&
          value !== undefined &&
          (old[name] === undefined || !sameSetting(name, old[name], value))
        : value === undefined
          ? isPending(pod, name) || old?.[name] !== undefined
          : !sameSetting(name, now, value);
    if (!differs) return [];
    // From the old inputs, so that the text is one before and after the same `up` has changed the settings.
    const from = old ? (old[name] ?? 'default') : (now ?? 'default');
    return [{ text: `${name} ${from} → ${value ?? 'default'}`, decreases: lower(name, now, value) }];
  });
}

function isPending(pod: MemberState, name: string): boolean {
  return pod.agent.pendingRestart?.includes(name) ?? false;
}

function lower(name: string, now: string | undefined, value: string | undefined): boolean {
  if (!standbyChecked.includes(name) || now === undefined) return false;
  const [from, to] = [parseSetting(now), value === undefined ? undefined : parseSetting(value)];
  // Back to the default: it may be less, and treating it as less is safe.
  return from !== undefined && (to === undefined || to < from);
}

function stepFor(member: string, need: Need): Step {
  return need.kind === 'replace'
    ? { kind: 'replace', member, text: `replace the pod of ${member}`, reason: need.reason }
    : restart(member, need);
}

function restart(member: string, need: Need, detail?: string): Step {
  return { kind: 'restart', member, text: `restart PostgreSQL of ${member}`, detail, reason: need.reason };
}

function switchover(leader: string, successor: string, inputs: RolloutInputs, leaving: boolean): Step {
  const others = inputs.synchronous.mode !== 'async' && inputs.members.length > 2;
  return {
    kind: 'switchover',
    member: leader,
    text: `switchover from ${leader}`,
    detail: `to ${successor}${others ? ' or another synchronous standby' : ''}`,
    reason: leaving ? `${leader} leaves` : undefined,
  };
}

function wait(inputs: RolloutInputs, previous: RolloutInputs | undefined): Step {
  const members = inputs.members.map(({ name }) => name);
  const before = previous?.members.map(({ name }) => name) ?? [];
  const added = previous ? members.filter((name) => !before.includes(name)) : [];
  const removed = before.filter((name) => !members.includes(name));
  const changes = [
    ...(added.length > 0 ? [`new: ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`leaving: ${removed.join(', ')}`] : []),
  ];
  return {
    kind: 'wait',
    text: `wait until ${members.join(', ')} ${members.length > 1 ? 'are' : 'is'} ready`,
    detail: changes.length > 0 ? changes.join('; ') : undefined,
  };
}
