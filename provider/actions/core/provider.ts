/** Makes the methods of a Pulumi dynamic provider out of an action. */
import type { Live } from '../../live/live';
import { connect } from '../../live/objects';
import { UNKNOWN } from '../../cluster/spec';
import { LiveError } from '../../live/errors';
import type { Action, ActionInputs, Refusal, Results } from './action';
import { identify, mismatch } from './identity';
import { digest, lines, nothingToDo, render } from './plan';
import { perform, type Approved } from './perform';
import { progressOf } from './progress';
import { hasUnknown, sameWanted, triggerOf, wanted } from './wanted';

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
  const planned = async (live: Live, inputs: I, previous: I | undefined) => {
    const observed = await action.observe(live, inputs, previous);
    const refusals = action.refuseObserved?.(observed, inputs, previous) ?? [];
    const plan = lines(action.plan(observed, inputs, previous));
    return { plan, refusals, digest: digest(action.kind, inputs.namespace, inputs.cluster, plan) };
  };

  const run = async (inputs: I & Partial<Results>, previous: Outputs<I> | undefined): Promise<Outputs<I>> => {
    const live = await connect(inputs);
    const identity = await perform({
      action,
      live,
      inputs,
      previous,
      approved: approvedOf(action, inputs, previous),
      expected: previous?.identity,
      progress: progressOf(inputs.row),
    });
    const { unfinished: _unfinished, ...rest } = inputs;
    return { ...rest, identity } as Outputs<I>;
  };

  /** What is left to do for inputs that were done: somebody, or a failure, has undone it since. The next `up` does it again. */
  const driftOf = async (live: Live, state: Outputs<I>): Promise<string | undefined> => {
    if (action.runs !== 'converge' || state.unfinished !== undefined) return undefined;
    const steps = action.plan(await action.observe(live, state, state), state, state);
    // To wait until all is well is no change of anything.
    const [first, ...others] = lines(steps.filter(({ kind }) => kind !== 'wait'));
    if (first === undefined || first === nothingToDo) return undefined;
    return `found at refresh: ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  };

  return {
    async check(olds, news) {
      const given = cleaned(news);
      const inputs = given as unknown as I;
      const previous =
        Object.keys(wanted(olds)).length > 0 ? (olds as unknown as I & Partial<Results>) : undefined;
      if (hasUnknown(inputs))
        return { inputs: { ...given, plan: UNKNOWN, planDigest: UNKNOWN }, failures: [] };
      const refusals = action.refuse(inputs, previous);
      if (refusals.length > 0) return { inputs: given, failures: [...refusals] };
      // The same as last time, and last time ended well: nothing to ask the cluster.
      if (previous && previous.plan && previous.plan !== UNKNOWN && sameWanted(previous, inputs))
        return { inputs: { ...given, plan: previous.plan, planDigest: previous.planDigest }, failures: [] };
      try {
        const found = await planned(await connect(inputs), inputs, previous);
        progressOf(inputs.row).say(render(action.kind, inputs.cluster, found.digest, found.plan));
        const failures = [...found.refusals, ...approvalRefusals(action, inputs, found.plan, found.digest)];
        return {
          inputs: { ...given, plan: { [triggerOf(action, inputs)]: found.plan }, planDigest: found.digest },
          failures,
        };
      } catch (error) {
        return { inputs: given, failures: [connectionRefusal(error)] };
      }
    },

    async diff(_id, olds, news) {
      const before = olds as unknown as Outputs<I>;
      const after = news as unknown as I & Results;
      const changes = !sameWanted(before, after) || Boolean(before.unfinished);
      if (!changes || hasUnknown(after)) return { changes };
      const live = await connect(after);
      const other = mismatch(
        before.identity,
        await identify(live, after.namespace, after.cluster),
        after.cluster,
        live.server,
      );
      if (other) throw new Error(other);
      if (before.unfinished && sameWanted(before, after)) {
        const found = await planned(live, after, before);
        progressOf(after.row).say(
          `Not finished last time (${before.unfinished}).\n${render(action.kind, after.cluster, found.digest, found.plan)}`,
        );
      }
      return { changes };
    },

    async create(inputs) {
      const given = inputs as unknown as I & Partial<Results>;
      return { id: `${given.namespace}/${given.cluster}`, outs: plain(await run(given, undefined)) };
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
  };
}

/** The plan that the update pass's check has put into the inputs, or none when an interrupted run goes on with old inputs. */
function approvedOf<I extends ActionInputs, O>(
  action: Action<I, O>,
  inputs: I & Partial<Results>,
  previous: Outputs<I> | undefined,
): Approved {
  const trigger = triggerOf(action, inputs);
  const goesOn = previous?.unfinished !== undefined && sameWanted(previous, inputs);
  const plan = (inputs.plan as Record<string, readonly string[]> | undefined)?.[trigger];
  const shown = plan && !goesOn ? plan.filter((text) => text !== nothingToDo) : undefined;
  return { trigger, digest: goesOn ? 'goes on' : (inputs.planDigest ?? ''), plan: shown };
}

function approvalRefusals<I extends ActionInputs, O>(
  action: Action<I, O>,
  inputs: I,
  plan: readonly string[],
  planDigest: string,
): Refusal[] {
  const approved = inputs.approvedPlan;
  if (approved === planDigest || approved === 'any') return [];
  const shown = `\n${render(action.kind, inputs.cluster, planDigest, plan)}`;
  if (approved === undefined)
    return action.needsApproval
      ? [
          {
            property: 'approvedPlan',
            reason: `This plan needs approval. To approve it, set approvedPlan to "${planDigest}".${shown}`,
          },
        ]
      : [];
  return [
    {
      property: 'approvedPlan',
      reason: `The approved plan is ${approved}, but the plan is now ${planDigest}; nothing was done. Review it, and set approvedPlan to "${planDigest}", or to "any".${shown}`,
    },
  ];
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
