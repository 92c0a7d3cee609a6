/** What an action is about to do, as data: the same list is shown, approved, performed and recorded. Pure. */

export interface Step {
  /** What an executor branches on. */
  readonly kind: string;
  readonly member?: string;
  /** What is done to what. It identifies the step: an approved step is the same step when only its detail or reason differs. */
  readonly text: string;
  /** How: shown in parentheses. */
  readonly detail?: string;
  /** Why: shown after a colon. */
  readonly reason?: string;
}

/** One line for people. */
export function line(step: Step): string {
  const detail = step.detail ? ` (${step.detail})` : '';
  const reason = step.reason ? `: ${step.reason}` : '';
  return `${step.text}${detail}${reason}`;
}

/** Whether a line of an approved plan stands for this step. */
export function covers(approved: string, step: Step): boolean {
  return (
    approved === step.text || approved.startsWith(`${step.text} (`) || approved.startsWith(`${step.text}: `)
  );
}

/** Steps that no line of the approved plan stands for. Those that are missing have been done already. */
export function unapproved(approved: readonly string[], steps: readonly Step[]): Step[] {
  return steps.filter((step) => !approved.some((one) => covers(one, step)));
}
