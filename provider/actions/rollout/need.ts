/** What a member needs to become as wanted, and why. Pure. */
import { sameSetting, standbyChecked } from '../../config/parameters';
import { parseSetting } from '../../config/quantity';
import type { MemberState } from '../../live/patroni';
import type { MemberInput, RolloutInputs } from './inputs';

/** What a member needs to become as wanted. */
export type Need = {
  readonly kind: 'replace' | 'restart';
  readonly reason: string;
  readonly decreases: boolean;
};

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
    // From the old inputs, so that the text is one before and after the same `up` has changed the settings;
    // but what waits since an earlier `up` is no change of this one.
    const waits = old !== undefined && sameValue(name, old[name], value);
    const from = old && !waits ? (old[name] ?? 'default') : (now ?? 'default');
    return [{ text: `${name} ${from} → ${value ?? 'default'}`, decreases: lower(name, now, value) }];
  });
}

function sameValue(name: string, a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameSetting(name, a, b);
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
