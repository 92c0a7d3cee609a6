/**
 * `npm run test:e2e [-- [--keep] [WORD …]]`: the tests on a real cluster; with words, only
 * the files whose names or folders hold one of them. `--keep` leaves a cluster that the run made.
 */
import '../testing/ends-with-parent.cjs';
import { e2e } from '../testing/e2e';
import { close } from '../testing/parts';

async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const only = given.filter((argument) => !argument.startsWith('--'));
  const counts = await e2e({ only, keep: given.includes('--keep') });
  close(counts);
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

void main();
