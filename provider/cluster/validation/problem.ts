/** What is wrong with an argument, where, and what to write instead. */
export interface Problem {
  /** Stable name of the rule, in kebab-case. */
  readonly code: string;
  /** The argument, as a program would name it: `users[1].name`. */
  readonly path: string;
  /** What was found. Never a password. */
  readonly found: string;
  /** What is allowed. */
  readonly allowed: string;
  /** What to write or do instead, as a sentence, when there is something to suggest. */
  readonly instead?: string;
}

/** One clear text of all problems of a component. */
export function renderProblems(
  name: string,
  problems: readonly Problem[],
  component = 'PostgresCluster',
): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map((problem) => `  ${renderProblem(problem)}`);
  return [`${component} "${name}" has ${count} in its arguments:`, ...lines].join('\n');
}

export function renderProblem({ code, path, found, allowed, instead }: Problem): string {
  return `${path}: found ${found}; allowed: ${allowed}.${instead === undefined ? '' : ` ${instead}`} [${code}]`;
}
