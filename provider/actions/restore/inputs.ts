import type { GivenTarget } from '../../config/recovery-target';
import type { ActionInputs } from '../members/cluster';

export interface RestoreInputs extends ActionInputs {
  readonly target?: GivenTarget;
  readonly repository?: number;
  readonly keepOldDataFor?: string;
  readonly undo?: boolean;
}

export const defaultKeep = '1d';
