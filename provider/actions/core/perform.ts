/** Execution of a plan that was shown: under the lock, step by step, each recorded. */
import { hostname, userInfo } from 'node:os';
import { randomBytes } from 'node:crypto';
import type { Live } from '../../live/live';
import { labels } from '../../manifests/names';
import type { Action, ActionInputs } from './action';
import { watchman, type Watchman } from './alive';
import { identify, mismatch, type Identity } from './identity';
import { record, readJournal, done, type Entry } from './journal';
import { acquire, type Hold } from './lease';
import { bothPlans, lines } from './plan';
import type { Progress } from './progress';
import { line, unapproved, type Step } from './steps';

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
  /** For tests: who says whether to go on. */
  readonly guard?: Watchman;
}

/** Says who works, in the lock and in the journal. */
export function whoami(): string {
  const user = process.env['PULUMI_POSTGRES_HA_USER'] ?? safeUser();
  return `${user}@${hostname()} (${process.pid})`;
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
  const by = whoami();
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
    if (action.runs === 'once') {
      const before = done(await readJournal(live, namespace, cluster), action.kind, approved.trigger);
      if (before) return found;
    }
    entry = {
      id: randomBytes(6).toString('hex'),
      kind: action.kind,
      trigger: approved.trigger,
      digest: approved.digest,
      plan: approved.plan ?? [],
      done: [],
      state: 'running',
      by,
      started: new Date().toISOString(),
    };
    await write({});
    const recorded: string[] = [];
    await steps(performance, guard, hold, async (step) => {
      recorded.push(line(step));
      // Where nothing has to be found again after an interruption, one record at the end is enough.
      if (action.replans) await write({ done: [...recorded] });
    });
    await write({ state: 'done', done: [...recorded], ended: new Date().toISOString() });
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

async function steps<I extends ActionInputs, O>(
  performance: Performance<I, O>,
  guard: Watchman,
  hold: Hold,
  recorded: (step: Step) => Promise<void>,
): Promise<void> {
  const { action, live, inputs, previous, approved, progress } = performance;
  const performed = new Set<string>();
  const planned = async () => {
    const observed = await action.observe(live, inputs, previous);
    return { observed, left: action.plan(observed, inputs, previous) };
  };
  for (let now = await planned(); ; now = action.replans ? await planned() : now) {
    // An executor returns when the effect of its step is there, so no step is performed twice in a run.
    const left = now.left.filter((one) => !performed.has(one.text));
    if (approved.plan) refuseOthers(action.kind, inputs.cluster, approved.plan, left);
    const step = left[0];
    if (!step) return;
    const reason = (await guard.stop()) ?? hold.lost();
    if (reason)
      throw new Stopped(
        `${action.kind} of ${inputs.cluster} stopped before "${line(step)}": ${reason}. ${goOn}`,
      );
    progress.show(line(step));
    try {
      await action.execute(step, {
        live,
        inputs,
        previous,
        observed: now.observed,
        progress,
        signal: guard.signal,
      });
    } catch (error) {
      if (guard.signal.aborted)
        throw new Stopped(
          `${action.kind} of ${inputs.cluster} stopped while waiting in "${line(step)}": ${await guard.stop()}. ${goOn}`,
        );
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`${action.kind} of ${inputs.cluster} failed at "${line(step)}": ${message}\n${stays}`, {
        cause: error,
      });
    }
    performed.add(step.text);
    await recorded(step);
  }
}

const goOn = 'No step is half done; the next `pulumi up` goes on from here.';
const stays = 'The steps before it are done and stay; once this is solved, `pulumi up` goes on from here.';

function refuseOthers(
  kind: string,
  cluster: string,
  approved: readonly string[],
  left: readonly Step[],
): void {
  const new_ = unapproved(approved, left);
  if (new_.length === 0) return;
  throw new Error(
    `${kind} of ${cluster} is not what was shown: the cluster has changed since. Nothing more was done.\n` +
      `${bothPlans(approved, lines(left))}\nRun \`pulumi preview\` to see the new plan, then \`pulumi up\`.`,
  );
}
