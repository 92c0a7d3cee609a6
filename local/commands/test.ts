/**
 * `npm test`: everything that must hold before a change lands; .ci/run runs just this. It ends within the hour or soon
 * after: on a slow machine the last files are not begun, and it names them. `npm run test:all` has no such limit.
 */
import '../testing/ends-with-parent.cjs';
import { e2e } from '../testing/e2e';
import { mocha, testFiles } from '../testing/mocha';
import { added, asOneTest, close, noTests, part, type Counts } from '../testing/parts';
import { lint, types } from '../testing/static-checks';

const minutes = process.argv.includes('--all') ? undefined : 55;

const parts: readonly [string, () => Promise<Counts>][] = [
  ['lint', async () => asOneTest(await lint())],
  ['types', async () => asOneTest(await types())],
  ['unit', () => mocha(testFiles('tests/unit/**/*.test.ts'), { timeout: 10_000 })],
  ['e2e', () => e2e({ only: [], keep: process.argv.includes('--keep'), minutes })],
];

async function main(): Promise<void> {
  let counts = noTests;
  for (const [title, run] of parts) counts = added(counts, await part(title, run));
  close(counts);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

void main();
