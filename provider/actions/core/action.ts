/** What an action consists of; core/provider.ts makes a dynamic provider of it, and the CLI uses the same parts. */
import type { Live } from '../../live/live';
import type { ConnectionInputs } from './inputs';
import type { Identity } from './identity';
import type { Progress } from './progress';
import type { Step } from './steps';

export interface ActionInputs extends ConnectionInputs {
  readonly cluster: string;
  readonly namespace: string;
}

/** One input that can't be accepted. */
export interface Refusal {
  readonly property: string;
  readonly reason: string;
}

export interface Action<I extends ActionInputs, O> {
  /** As people call it: "Rollout". */
  readonly kind: string;
  /** Inputs that may be secret: no digest, text or output is made from them. */
  readonly secret: readonly (keyof I & string)[];
  /**
   * `converge`: done again whenever something is left to do. `once`: a trigger runs one time, and
   * the journal in the cluster decides whether it has.
   */
  readonly runs: 'converge' | 'once';
  /** Whether the plan is made anew after each step, since steps move what others stand on (who leads). Else it is made once, under the lock. */
  readonly replans: boolean;
  /** A plan that destroys is performed only if it was approved. */
  readonly needsApproval?: boolean | ((steps: readonly Step[]) => boolean);
  /** For `once`: the input that names the run. Converging actions get a hash of what is wanted. */
  trigger?(inputs: I): string;
  /** Pure refusals, without network. `previous` are the inputs of the last run that ended well. */
  refuse(inputs: I, previous: I | undefined): readonly Refusal[];
  /** Reads with `get`, `list` and `watch` alone; no Secrets. Throws ClusterAbsent when there is nothing to plan for yet. */
  observe(live: Live, inputs: I, previous: I | undefined): Promise<O>;
  /**
   * Pure. What is planned is what is left after what was done in this run, by this process or by one that was
   * interrupted. For `once` the core leaves out steps of the same text as one that was done.
   */
  plan(observed: O, inputs: I, previous: I | undefined, soFar: SoFar): readonly Step[];
  /** Refusals that need an observation. Pure. */
  refuseObserved?(observed: O, inputs: I, previous: I | undefined): readonly Refusal[];
  /** Performs one step, which may have been half done before, and returns when its effect is there. */
  execute(step: Step, context: Context<I, O>): Promise<void>;
  /** What the cluster loses with the resource. Default: nothing. */
  remove?(live: Live, inputs: I, progress: Progress): Promise<void>;
}

/** What a run has done before it is planned (again). */
export interface SoFar {
  readonly done: readonly Step[];
  /** What executors have remembered: of a step that was begun and not done, too. */
  readonly notes: Readonly<Record<string, string>>;
}

export const nothingYet: SoFar = { done: [], notes: {} };

export interface Context<I extends ActionInputs, O> {
  readonly live: Live;
  readonly inputs: I;
  readonly previous: I | undefined;
  readonly observed: O;
  readonly progress: Progress;
  /** Identifies this run of a trigger, also when it goes on after an interruption: for names of Jobs. */
  readonly run: string;
  /** What `remember` has written under this key, in this run or before its interruption. */
  remembered(key: string): string | undefined;
  /** Writes a note into the journal, to be there before what it is about is done. */
  remember(key: string, text: string): Promise<void>;
  /** Aborts when nobody wants it any more: ends a wait, not a change that is under way. */
  readonly signal: AbortSignal;
}

/** What an action leaves in the outputs besides its inputs. */
export interface Results {
  readonly plan: unknown;
  readonly planDigest: string;
  readonly identity: Identity;
  /** Set when an update stopped half-way, so that the next one goes on although its inputs may be the old ones again. */
  readonly unfinished?: string;
}
