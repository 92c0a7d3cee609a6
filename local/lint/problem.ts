/** What a lint rule of this project finds. A warning does not fail the run. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
  readonly warning?: boolean;
}

export function rendered(problem: Problem): string {
  const level = problem.warning ? 'warning' : 'error';
  return `${problem.file}:${problem.line}: ${level}: ${problem.message} [${problem.rule}]`;
}
