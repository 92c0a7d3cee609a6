/** Tables of arguments that are refused, with the exact text. */
import * as assert from 'node:assert/strict';
import type { ResolvedArgs } from '../../../provider/cluster/resolved';
import { renderProblem, validate } from '../../../provider/cluster/validation';

/** Sentence, arguments, and what is said; the cluster's name, when it is another than hippo. */
export type Refusal = [sentence: string, args: unknown, said: string, name?: string];

export function refuses(what: string, table: readonly Refusal[]): void {
  describe(`${what}: refused are`, () => {
    for (const [sentence, args, said, name = 'hippo'] of table)
      it(sentence, () => assert.equal(problemsOf(name, args).join('\n'), said));
  });
}

export function problemsOf(name: string, args: unknown): string[] {
  return validate(name, args as ResolvedArgs).map(renderProblem);
}
