/** Execution of a plan that was shown: under the lock, step by step, each recorded. */
import { hostname, userInfo } from 'node:os';
import { randomBytes } from 'node:crypto';
import type { Live } from '../../live/live';
import { labels } from '../../manifests/names';
import type { Action, ActionInputs, SoFar } from './action';
import { watchman, type Watchman } from './alive';
import { identify, mismatch, type Identity } from './identity';
import { fault, type FaultPlace } from './fault';
import { readRuns, record, type Entry } from './journal';
import { acquire, type Hold } from './lease';
import { lines } from './plan';
import type { Progress } from './progress';
import { left, refuseOthers } from './run';
import { line, type Step } from './steps';

export interface Approved {
  readonly trigger: string;
  readonly digest: string;
  /** The lines that were shown; undefined when they were not known, as on a first creation with unknown inputs. */
  readonly plan: readonly string[] | undefined;
}

export interface Performance<I extends ActionInputs, O> {
  readonly action: Action<I, O>;
  readonly live: Live;
  readonly inputs: I;
  readonly previous: I | undefined;
  readonly approved: Approved;
  readonly expected: Identity | undefined;
  readonly progress: Progress;
  /** What the program is called, where it is not Pulumi: "pgha". */
  readonly tool?: string;
  /** Where the plan was not known when it was to be approved: why this one may not be performed. */
  approve?(steps: readonly Step[], plan: readonly string[]): string | undefined;
  /** For tests: who says whether to go on. */
  readonly guard?: Watchman;
}

/** Says who works, in the lock and in the journal. */
export function whoami(tool?: string): string {
  const user = process.env['PULUMI_POSTGRES_HA_USER'] ?? safeUser();
  return `${user}@${hostname()} (${tool ? `${tool}, ` : ''}${process.pid})`;
}

function safeUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown'); // a uid without a name, as in containers
  }
}

export async function perform<I extends ActionInputs, O>(performance: Performance<I, O>): Promise<Identity> {
  const { action, live, inputs, approved } = performance;
  const { namespace, cluster } = inputs;
  const objectLabels = { [labels.cluster]: cluster };
  const by = whoami(performance.tool);
  const guard = performance.guard ?? watchman();
  const hold = await acquire(
    live,
    namespace,
    cluster,
    `${action.kind} by ${by} ${randomBytes(3).toString('hex')}`,
    objectLabels,
  );
  let entry: Entry | undefined;
  const write = async (change: Partial<Entry>) => {
    if (!entry) return;
    entry = { ...entry, ...change };
    await record(live, namespace, cluster, objectLabels, entry);
  };
  try {
    const found = await identify(live, namespace, cluster);
    const other = mismatch(performance.expected, found, cluster, live.server);
    if (other) throw new Error(other);
    const once = action.runs === 'once';
    const runs = once ? await readRuns(live, namespace, cluster, action.kind, approved.trigger) : {};
    if (runs.done) return found;
    entry = runs.unfinished
      ? { ...withoutEnd(runs.unfinished), state: 'running', by }
      : {
          id: randomBytes(6).toString('hex'),
          kind: action.kind,
          trigger: approved.trigger,
          digest: approved.digest,
          plan: approved.plan ?? [],
          done: [],
          state: 'running',
          by,
          started: new Date().toISOString(),
          ...(once ? { once: true, steps: [] } : {}),
        };
    await write({});
    const { done, steps: before = [], id } = entry;
    const [texts, performed] = [[...done], [...before]];
    const run: Run = {
      id,
      soFar: () => ({ done: performed, notes: entry?.notes ?? {} }),
      remembered: (key) => entry?.notes?.[key],
      remember: async (key, text) => await write({ notes: { ...entry?.notes, [key]: text } }),
      planned: async (plan) => {
        if (entry?.plan.length === 0) await write({ plan });
      },
      recorded: async (step) => {
        texts.push(line(step));
        performed.push(step);
        if (once) await write({ done: [...texts], steps: [...performed] });
        // Where nothing has to be found again after an interruption, one record at the end is enough.
        else if (action.replans) await write({ done: [...texts] });
      },
    };
    await steps(performance, guard, hold, run);
    await write({ state: 'done', done: [...texts], ended: new Date().toISOString() });
    return { ...performance.expected, ...found, ...(await identify(live, namespace, cluster)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await write({
      state: error instanceof Stopped ? 'stopped' : 'failed',
      ended: new Date().toISOString(),
      message,
    }).catch(() => undefined);
    throw error;
  } finally {
    await hold.release();
    if (!performance.guard) guard.close();
  }
}

/** Ended before its end, at a place from which the next run goes on. */
export class Stopped extends Error {}

function withoutEnd({ ended: _ended, message: _message, ...entry }: Entry): Entry {
  return entry;
}

/** The record of a run while it goes on. */
interface Run {
  readonly id: string;
  soFar(): SoFar;
  remembered(key: string): string | undefined;
  remember(key: string, text: string): Promise<void>;
  planned(plan: readonly string[]): Promise<void>;
  recorded(step: Step): Promise<void>;
}

async function steps<I extends ActionInputs, O>(
  performance: Performance<I, O>,
  guard: Watchman,
  hold: Hold,
  run: Run,
): Promise<void> {
  const { action, live, inputs, previous, approved, progress } = performance;
  const performed = new Set<string>();
  const planned = async () => {
    const observed = await action.observe(live, inputs, previous);
    return { observed, steps: left(action, observed, inputs, previous, run.soFar()) };
  };
  const stopped = (where: string, reason: string | undefined) =>
    new Stopped(
      `${action.kind} of ${inputs.cluster} stopped ${where}: ${reason}. No step is half done; ${again(performance)}.`,
    );
  const tested = async (place: FaultPlace, step: Step) => {
    const what = await fault(action.kind, performed.size + 1, place, guard.signal);
    if (what === 'stop') throw stopped(`${place} "${line(step)}"`, 'a test says so');
  };
  let now = await planned();
  if (!approved.plan) {
    const plan = lines(now.steps);
    const refused = performance.approve?.(now.steps, plan);
    if (refused) throw new Error(refused);
    await run.planned(plan);
  }
  for (; ; now = action.replans ? await planned() : now) {
    // An executor returns when the effect of its step is there, so no step is performed twice in a run.
    const steps = now.steps.filter((one) => !performed.has(one.text));
    if (approved.plan) refuseOthers(action.kind, inputs.cluster, approved.plan, steps);
    const step = steps[0];
    if (!step) return;
    await tested('before', step);
    const reason = (await guard.stop()) ?? hold.lost();
    if (reason) throw stopped(`before "${line(step)}"`, reason);
    progress.show(line(step));
    try {
      await action.execute(step, {
        live,
        inputs,
        previous,
        observed: now.observed,
        progress,
        run: run.id,
        remembered: run.remembered,
        remember: run.remember,
        signal: guard.signal,
      });
    } catch (error) {
      if (guard.signal.aborted) throw stopped(`while waiting in "${line(step)}"`, await guard.stop());
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(
        `${action.kind} of ${inputs.cluster} failed at "${line(step)}": ${message}\nThe steps before it are done and stay; once this is solved, ${again(performance)}.`,
        {
          cause: error,
        },
      );
    }
    await run.recorded(step);
    await tested('after', step);
    performed.add(step.text);
  }
}

/** How an interrupted run goes on. */
function again(performance: { readonly tool?: string; readonly approved: Approved }): string {
  return performance.tool === undefined
    ? '`pulumi up` goes on from here'
    : `the same command with --trigger "${performance.approved.trigger}" goes on from here`;
}
