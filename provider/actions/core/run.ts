/** What a run would do now: the plan that is shown, refused, approved; the same for Pulumi and for pgha. */
import type { Live } from '../../live/live';
import type { Action, ActionInputs, Refusal, SoFar } from './action';
import { readRuns, type DoneMark, type Entry } from './journal';
import { bothPlans, digest, lines, nothingToDo, render } from './plan';
import { unapproved, type Step } from './steps';
import { triggerOf } from './wanted';

export interface Planned {
  /** What is shown: the lines of the steps that are left, and before them what was done of an interrupted run. */
  readonly plan: readonly string[];
  readonly steps: readonly Step[];
  readonly digest: string;
  readonly refusals: readonly Refusal[];
  /** The trigger has run: nothing is done. */
  readonly done?: DoneMark;
  /** The interrupted run that this one goes on with. */
  readonly unfinished?: Entry;
}

export async function planned<I extends ActionInputs, O>(
  action: Action<I, O>,
  live: Live,
  inputs: I,
  previous: I | undefined,
): Promise<Planned> {
  const { namespace, cluster } = inputs;
  const once = action.runs === 'once';
  const trigger = triggerOf(action, inputs);
  const runs = once ? await readRuns(live, namespace, cluster, action.kind, trigger) : {};
  if (runs.done) {
    const plan = [alreadyDone(runs.done)];
    return { plan, steps: [], digest: digestOf(action, inputs, plan), refusals: [], done: runs.done };
  }
  const observed = await action.observe(live, inputs, previous);
  const refusals = action.refuseObserved?.(observed, inputs, previous) ?? [];
  const steps = left(action, observed, inputs, previous, soFarOf(runs.unfinished));
  const plan = [...goesOn(runs.unfinished), ...lines(steps)];
  return { plan, steps, digest: digestOf(action, inputs, plan), refusals, unfinished: runs.unfinished };
}

export function digestOf<I extends ActionInputs, O>(
  action: Action<I, O>,
  inputs: I,
  plan: readonly string[],
): string {
  const trigger = action.runs === 'once' ? triggerOf(action, inputs) : undefined;
  return digest(action.kind, inputs.namespace, inputs.cluster, plan, trigger);
}

/** The steps that are left. */
export function left<I extends ActionInputs, O>(
  action: Action<I, O>,
  observed: O,
  inputs: I,
  previous: I | undefined,
  soFar: SoFar,
): readonly Step[] {
  const steps = action.plan(observed, inputs, previous, soFar);
  if (action.runs === 'converge') return steps;
  return steps.filter(({ text }) => !soFar.done.some((one) => one.text === text));
}

export function soFarOf(entry: Entry | undefined): SoFar {
  return { done: entry?.steps ?? [], notes: entry?.notes ?? {} };
}

const goesOnText = 'goes on with an interrupted run';

function goesOn(unfinished: Entry | undefined): string[] {
  if (!unfinished) return [];
  const { done } = unfinished;
  return [`${goesOnText}; ${done.length > 0 ? `done before: ${done.join('; ')}` : 'no step of it was done'}`];
}

function alreadyDone({ ended, by }: DoneMark): string {
  return `already done on ${ended.slice(0, 19).replace('T', ' ')} UTC by ${by}`;
}

/** The lines of a plan that stand for steps. */
export function stepLines(plan: readonly string[]): string[] {
  return plan.filter((text) => text !== nothingToDo && !text.startsWith(goesOnText));
}

/** Why this plan may not be performed as it is, with the plan that it would be. */
export function approvalRefusals<I extends ActionInputs, O>(
  action: Action<I, O>,
  inputs: I,
  { plan, steps, digest: planDigest, done, unfinished }: Planned,
): Refusal[] {
  const approved = inputs.approvedPlan;
  if (done || approved === planDigest || approved === 'any') return [];
  // The approval of a run holds for what an interruption has left of it.
  const held = unfinished !== undefined && unapproved(unfinished.plan, steps).length === 0;
  if (held && approved === unfinished.digest) return [];
  const shown = `\n${render(action.kind, inputs.cluster, planDigest, plan)}`;
  const { needsApproval } = action;
  if (approved === undefined)
    return (typeof needsApproval === 'function' ? needsApproval(steps) : needsApproval)
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

/** Steps that nobody was shown are not performed. */
export function refuseOthers(
  kind: string,
  cluster: string,
  approved: readonly string[],
  steps: readonly Step[],
): void {
  if (unapproved(approved, steps).length === 0) return;
  throw new Error(
    `${kind} of ${cluster} is not what was shown: the cluster has changed since. Nothing more was done.\n` +
      `${bothPlans(approved, lines(steps))}\nRun \`pulumi preview\` to see the new plan, then \`pulumi up\`.`,
  );
}
