/** `npm run test:unit`: everything that needs no cluster and no network. Arguments go to mocha. */
import { mocha, testFiles } from '../testing/mocha';
import { closingLine, part } from '../testing/parts';

async function main(): Promise<void> {
  const files = testFiles('tests/{unit,golden}/**/*.test.ts');
  const given = { timeout: 10_000, arguments: process.argv.slice(2) };
  const counts = await part('unit and golden', () => mocha(files, given));
  console.log(closingLine(counts));
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

void main();
