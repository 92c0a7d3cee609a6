/** `npm run test:golden-update`: writes the golden files anew. Read the diff before you commit it. */
import { mocha, testFiles } from '../testing/mocha';

async function main(): Promise<void> {
  const files = testFiles('tests/unit/**/*.test.ts');
  const counts = await mocha(files, { timeout: 10_000, environment: { UPDATE_GOLDEN: '1' } });
  process.exitCode = counts.failed > 0 ? 1 : 0;
  console.log('golden files are written: look at `git diff tests/golden` before you commit');
}

void main();
