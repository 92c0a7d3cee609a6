/** A plan: the steps, its digest, and how it is shown. Pure. */
import { createHash } from 'node:crypto';
import { stable } from '../../manifests/fingerprint';
import { line, type Step } from './steps';

/** What travels in Pulumi's state, keyed by trigger so that a new plan and an old one are two blocks in a diff. */
export type PlanMap = Readonly<Record<string, readonly string[]>>;

export const nothingToDo = 'nothing to do';

export function lines(steps: readonly Step[]): string[] {
  return steps.length === 0 ? [nothingToDo] : steps.map(line);
}

export function planMap(trigger: string, steps: readonly Step[]): PlanMap {
  return { [trigger]: lines(steps) };
}

/**
 * Twelve hexadecimal digits of SHA-256 over what is done, to which cluster, by which action. With the trigger of an
 * action that runs once: an approval left in the program does not hold for the next run, even of the same steps.
 */
export function digest(
  kind: string,
  namespace: string,
  cluster: string,
  plan: readonly string[],
  trigger?: string,
): string {
  return shortHash(stable({ kind, namespace, cluster, plan, ...(trigger === undefined ? {} : { trigger }) }));
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** For a person: numbered, with the digest that approves it. */
export function render(kind: string, cluster: string, planDigest: string, plan: readonly string[]): string {
  const numbered =
    plan.length > 1 ? plan.map((text, index) => `  ${index + 1}. ${text}`) : plan.map((text) => `  ${text}`);
  return [`${kind} of ${cluster}, plan ${planDigest}:`, ...numbered].join('\n');
}

/** For a machine. */
export function renderJson(
  kind: string,
  cluster: string,
  planDigest: string,
  steps: readonly Step[],
): string {
  return stable({ kind, cluster, digest: planDigest, steps });
}

/** Both plans, for a refusal. */
export function bothPlans(approved: readonly string[], now: readonly string[]): string {
  const block = (title: string, plan: readonly string[]) =>
    `${title}:\n${plan.map((text) => `  - ${text}`).join('\n')}`;
  return `${block('Approved', approved)}\n${block('Now', now)}`;
}
