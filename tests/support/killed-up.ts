/** A `pulumi up` that is killed in the middle of an action, as by an impatient user or a lost CI runner. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../local/until';
import type { Entry } from '../../provider/actions/core/journal';
import { processesWith } from './leftovers';
import type { TestStack } from './stack';

export interface KilledUp {
  /** When it is killed. */
  readonly reached: () => Promise<boolean>;
  /** `SIGINT`: twice, as an impatient Ctrl-C. */
  readonly signal: 'SIGKILL' | 'SIGINT';
  /** What the action does by itself until then (provider/actions/core/fault.ts). Default: it goes on. */
  readonly fault?: string;
  /** What is tried before it is killed. */
  readonly meanwhile?: () => Promise<unknown>;
  /** How long it may take until it is reached. */
  readonly seconds?: number;
}

export interface KilledAfterAStep extends Omit<KilledUp, 'reached' | 'fault'> {
  /** Type of the action. */
  readonly kind: string;
  /** Steps of this run that the journal has as done. */
  readonly done: () => Promise<number>;
}

/** It stands still after its first step, and is killed then. */
export async function killedAfterAStep(
  stack: TestStack,
  { kind, done, ...more }: KilledAfterAStep,
): Promise<void> {
  const before = await done();
  await killedUp(stack, {
    ...more,
    fault: `${kind} 1 after hold`,
    reached: async () => (await done()) > before,
  });
}

/** With the stack's present configuration; no process is left of it afterwards. */
export async function killedUp(
  stack: TestStack,
  { reached, signal, fault, meanwhile, seconds = 120 }: KilledUp,
): Promise<void> {
  const child = stack.spawnUp(fault === undefined ? {} : { PULUMI_POSTGRES_HA_TEST_FAULT: fault });
  const ended = once(child, 'exit');
  await Promise.race([
    until('the moment to kill pulumi up', seconds, reached),
    ended.then(() => assert.fail('pulumi up has ended before it was to be killed')),
  ]);
  await meanwhile?.();
  child.kill(signal);
  if (signal === 'SIGINT') {
    await pause(1000);
    child.kill(signal);
  }
  await ended;
  await until('the end of the providers that the killed engine has left', 30, async () => {
    const left = [...processesWith('PULUMI_BACKEND_URL', stack.environment.PULUMI_BACKEND_URL!).values()];
    const providers = left.filter((command) => /dynamic-provider|pulumi-resource-postgres-ha/.test(command));
    if (providers.length > 0) throw new Error(providers.join('; '));
    if (left.length > 0) console.log(`      left by ${signal}: ${left.join('; ')}`);
    return true;
  });
  await stack.cancel();
}

export interface EveryStep {
  readonly kind: string;
  /** The run, as the journal has it. */
  readonly run: () => Promise<Entry | undefined>;
  /** Where the client was killed, with the step that was done there. */
  readonly killed: (done: string) => Promise<unknown>;
}

/** Killed after each step, until nothing but the record of the end is left, which one more `pulumi up` makes. Returns how often. */
export async function killedAfterEveryStep(
  stack: TestStack,
  given: Readonly<Record<string, string>>,
  { kind, run, killed }: EveryStep,
): Promise<number> {
  await stack.previewWith(given);
  for (let kills = 0; ; kills++) {
    const found = await run();
    if (found && found.done.length === found.plan.length) {
      await stack.upWith(given);
      return kills;
    }
    const done = async () => (await run())?.done.length ?? 0;
    await killedAfterAStep(stack, { kind, done, signal: 'SIGKILL', seconds: 300 });
    await killed((await run())!.done.at(-1)!);
  }
}
