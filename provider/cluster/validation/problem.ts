/** What is wrong with an argument, where, and what to write instead. */
export interface Problem {
  /** Stable name of the rule, in kebab-case. */
  readonly code: string;
  /** The argument, as a program would name it: `users[1].name`. */
  readonly path: string;
  /** What was found, in words. Never a password. */
  readonly found: string;
  /** What is allowed. */
  readonly allowed: string;
  /** What to write or do instead, when there is something to suggest. */
  readonly instead?: string;
}

/** One clear text of all problems, in the order of their paths. */
export function renderProblems(name: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map(({ code, path, found, allowed, instead }) => {
    const advice = instead === undefined ? '' : ` ${instead}`;
    return `  ${path}: ${found}. Allowed: ${allowed}.${advice} [${code}]`;
  });
  return [`PostgresCluster "${name}" has ${count}:`, ...lines].join('\n');
}
