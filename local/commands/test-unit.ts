/** `npm run test:unit`: everything that needs no cluster and no network. Arguments go to mocha. */
import { mocha, testFiles } from '../testing/mocha';
import { close, part } from '../testing/parts';

async function main(): Promise<void> {
  const files = testFiles('tests/unit/**/*.test.ts');
  const given = { timeout: 10_000, arguments: process.argv.slice(2) };
  const counts = await part('unit', () => mocha(files, given));
  close(counts);
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

void main();
