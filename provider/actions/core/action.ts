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
  readonly needsApproval?: boolean;
  /** For `once`: the input that names the run. Converging actions get a hash of what is wanted. */
  trigger?(inputs: I): string;
  /** Pure refusals, without network. `previous` are the inputs of the last run that ended well. */
  refuse(inputs: I, previous: I | undefined): readonly Refusal[];
  /** Reads with `get`, `list` and `watch` alone; no Secrets. */
  observe(live: Live, inputs: I, previous: I | undefined): Promise<O>;
  /** Pure. */
  plan(observed: O, inputs: I, previous: I | undefined): readonly Step[];
  /** Refusals that need an observation. Pure. */
  refuseObserved?(observed: O, inputs: I, previous: I | undefined): readonly Refusal[];
  /** Performs one step, which may have been half done before, and returns when its effect is there. */
  execute(step: Step, context: Context<I, O>): Promise<void>;
  /** What the cluster loses with the resource. Default: nothing. */
  remove?(live: Live, inputs: I, progress: Progress): Promise<void>;
}

export interface Context<I extends ActionInputs, O> {
  readonly live: Live;
  readonly inputs: I;
  readonly previous: I | undefined;
  readonly observed: O;
  readonly progress: Progress;
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
