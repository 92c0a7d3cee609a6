/** Makes the methods of a Pulumi dynamic provider out of an action. */
import type { Live } from '../../live/live';
import { connect } from '../../live/objects';
import { UNKNOWN } from '../../cluster/spec';
import { LiveError } from '../../live/errors';
import { atWork, endWithEngine } from './alive';
import { nothingYet, type Action, type ActionInputs, type Refusal, type Results } from './action';
import { identify, mismatch, type Identity } from './identity';
import { ClusterAbsent } from './absent';
import { lines, nothingToDo, render } from './plan';
import { perform, type Approved } from './perform';
import { progressOf } from './progress';
import { approvalRefusals, digestOf, planned, stepLines } from './run';
import { differing, hasUnknown, sameCluster, sameRun, triggerOf, wanted } from './wanted';

type Properties = Record<string, unknown>;
type Outputs<I> = I & Results;

export interface DynamicProvider {
  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Refusal[] }>;
  diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces?: string[]; stables?: string[] }>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id: string; props: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

export type Connect = (inputs: ActionInputs) => Promise<Live>;

/** One connection for all resources of a process that name the same cluster: the engine runs checks one after another. */
const connections = new Map<string, Promise<Live>>();

async function connectOnce(inputs: ActionInputs): Promise<Live> {
  const key = JSON.stringify([inputs.kubeconfig ?? '', inputs.context ?? '']);
  const known = connections.get(key);
  if (known) return await known;
  const live = connect({ kubeconfig: inputs.kubeconfig, context: inputs.context });
  connections.set(key, live);
  live.catch(() => connections.delete(key));
  return await live;
}

export function dynamicProvider<I extends ActionInputs, O>(
  action: Action<I, O>,
  connect: Connect = connectOnce,
): DynamicProvider {
  const run = async (inputs: I & Partial<Results>, previous: Outputs<I> | undefined): Promise<Outputs<I>> => {
    const live = await connect(inputs);
    const identity = await perform({
      action,
      live,
      inputs,
      previous,
      approved: approvedOf(action, inputs, previous),
      expected: expectedOf(action, inputs, previous),
      progress: progressOf(inputs.row),
      approve: (steps, plan) => {
        if (action.runs !== 'once') return undefined;
        const found = { plan, steps, digest: digestOf(action, inputs, plan), refusals: [] };
        return approvalRefusals(action, inputs, found)[0]?.reason;
      },
    });
    const { unfinished: _unfinished, ...rest } = inputs;
    return { ...rest, identity } as Outputs<I>;
  };

  /** What is left to do for inputs that were done: somebody, or a failure, has undone it since. The next `up` does it again. */
  const driftOf = async (live: Live, state: Outputs<I>): Promise<string | undefined> => {
    if (action.runs !== 'converge' || state.unfinished !== undefined) return undefined;
    const steps = action.plan(await action.observe(live, state, state), state, state, nothingYet);
    // To wait until all is well is no change of anything, nor is what is left as it is.
    const [first, ...others] = lines(
      steps.filter(({ kind }) => !['wait', 'pending', 'asleep'].includes(kind)),
    );
    if (first === undefined || first === nothingToDo) return undefined;
    return `found at refresh: ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  };

  return watched({
    async check(olds, news) {
      const given = cleaned(news);
      const inputs = given as unknown as I;
      const previous =
        Object.keys(wanted(olds)).length > 0 ? (olds as unknown as I & Partial<Results>) : undefined;
      if (hasUnknown(inputs))
        return { inputs: { ...given, plan: UNKNOWN, planDigest: UNKNOWN }, failures: [] };
      const refusals = [...emptyTrigger(action, inputs), ...action.refuse(inputs, previous)];
      if (refusals.length > 0) return { inputs: given, failures: [...refusals] };
      // The same as last time, and last time ended well: nothing to ask the cluster.
      if (previous && previous.plan && previous.plan !== UNKNOWN && sameRun(action, previous, inputs)) {
        sayUnheard(action, previous, inputs);
        return { inputs: { ...given, plan: previous.plan, planDigest: previous.planDigest }, failures: [] };
      }
      try {
        const found = await planned(action, await connect(inputs), inputs, previous);
        progressOf(inputs.row).say(render(action.kind, inputs.cluster, found.digest, found.plan));
        // What is not done needs no leave.
        const failures = found.done ? [] : [...found.refusals, ...approvalRefusals(action, inputs, found)];
        return {
          inputs: { ...given, plan: { [triggerOf(action, inputs)]: found.plan }, planDigest: found.digest },
          failures,
        };
      } catch (error) {
        if (!(error instanceof ClusterAbsent)) return { inputs: given, failures: [connectionRefusal(error)] };
        // In `up` the engine drops what is unknown, and the run then says that there is no cluster.
        progressOf(inputs.row).say(`${action.kind} of ${inputs.cluster}: planned once the cluster exists.`);
        return { inputs: { ...given, plan: UNKNOWN, planDigest: UNKNOWN }, failures: [] };
      }
    },

    async diff(_id, olds, news) {
      const before = olds as unknown as Outputs<I>;
      const after = news as unknown as I & Results;
      const changes = !sameRun(action, before, after) || Boolean(before.unfinished);
      if (!changes || hasUnknown(after)) return { changes };
      const live = await connect(after);
      const other = mismatch(
        expectedOf(action, after, before),
        await identify(live, after.namespace, after.cluster),
        after.cluster,
        live.server,
      );
      if (other) throw new Error(other);
      if (before.unfinished && sameRun(action, before, after)) {
        const found = await planned(action, live, after, before);
        progressOf(after.row).say(
          `Not finished last time (${before.unfinished}).\n${render(action.kind, after.cluster, found.digest, found.plan)}`,
        );
      }
      return { changes };
    },

    async create(inputs) {
      const given = inputs as unknown as I & Partial<Results>;
      const once = action.runs === 'once' ? `/${action.kind}` : '';
      return { id: `${given.namespace}/${given.cluster}${once}`, outs: plain(await run(given, undefined)) };
    },

    async update(id, olds, news) {
      const before = olds as unknown as Outputs<I>;
      try {
        return { outs: plain(await run(news as unknown as I & Partial<Results>, before)) };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        // With an id, the engine keeps the old inputs and these outputs: a revert of the program is then not
        // mistaken for "nothing to do", although some steps were done (research in docs/decisions/actions.md).
        throw Object.assign(new Error(message), {
          id,
          properties: { ...before, unfinished: message.split('\n')[0] },
          reasons: [message],
        });
      }
    },

    async read(id, props) {
      const state = props as unknown as Outputs<I>;
      const live = await connect(state);
      const identity = await identify(live, state.namespace, state.cluster);
      const drift = await driftOf(live, state);
      return {
        id,
        props: {
          ...props,
          identity: { ...state.identity, ...identity },
          ...(drift ? { unfinished: drift } : {}),
        },
      };
    },

    async delete(_id, props) {
      const state = props as unknown as Outputs<I>;
      if (!action.remove) return;
      const live = await connect(state);
      const other = mismatch(
        state.identity,
        await identify(live, state.namespace, state.cluster),
        state.cluster,
        live.server,
      );
      if (other) throw new Error(other);
      await action.remove(live, state, progressOf(state.row));
    },
  });
}

/** The process of a provider ends with its engine, and not in the middle of a call. */
function watched(provider: DynamicProvider): DynamicProvider {
  const during = <A extends unknown[], R>(method: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => {
      endWithEngine();
      return atWork(() => method(...args));
    };
  };
  return {
    check: during(provider.check),
    diff: during(provider.diff),
    create: during(provider.create),
    read: during(provider.read),
    update: during(provider.update),
    delete: during(provider.delete),
  };
}

/** The plan that the update pass's check has put into the inputs, or none when an interrupted run goes on with old inputs. */
function approvedOf<I extends ActionInputs, O>(
  action: Action<I, O>,
  inputs: I & Partial<Results>,
  previous: Outputs<I> | undefined,
): Approved {
  const trigger = triggerOf(action, inputs);
  const goesOn = previous?.unfinished !== undefined && sameRun(action, previous, inputs);
  const plan = (inputs.plan as Record<string, readonly string[]> | undefined)?.[trigger];
  const shown = plan && !goesOn ? stepLines(plan) : undefined;
  return { trigger, digest: goesOn ? 'goes on' : (inputs.planDigest ?? ''), plan: shown };
}

/** An action that runs once may be told of another cluster; whatever has that name there is then right. */
function expectedOf<I extends ActionInputs, O>(
  action: Action<I, O>,
  inputs: I,
  previous: Outputs<I> | undefined,
): Identity | undefined {
  return previous && (action.runs === 'converge' || sameCluster(previous, inputs))
    ? previous.identity
    : undefined;
}

function emptyTrigger<I extends ActionInputs, O>(action: Action<I, O>, inputs: I): Refusal[] {
  if (action.runs === 'converge' || triggerOf(action, inputs)) return [];
  return [
    { property: 'trigger', reason: 'is empty; give a text that names this run, for example "2026-11-24".' },
  ];
}

/** Whoever changes what is done, but not the trigger, is told that nothing will be. */
function sayUnheard<I extends ActionInputs, O>(action: Action<I, O>, previous: I, inputs: I): void {
  if (action.runs !== 'once') return;
  const changed = differing(previous, inputs);
  if (changed.length === 0) return;
  progressOf(inputs.row).warn(
    `${action.kind} of ${inputs.cluster}: ${changed.join(', ')} changed, but not the trigger, and "${triggerOf(action, inputs)}" has run. Nothing is done; set another trigger to run it again.`,
  );
}

function connectionRefusal(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof LiveError) return { property: 'kubeconfig', reason: message };
  throw error;
}

function plain(outputs: object): Properties {
  return { ...outputs };
}

/** Nulls are how the protocol carries absent inputs; computed ones are made anew. */
function cleaned(news: Properties): Properties {
  const computed = ['plan', 'planDigest', 'identity', 'unfinished'];
  return Object.fromEntries(
    Object.entries(news).filter(
      ([key, value]) => !computed.includes(key) && value !== null && value !== undefined,
    ),
  );
}
