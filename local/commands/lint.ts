/** `npm run lint`: ESLint, prettier, and the project's own rules (import layers, file length, docs present). */
import { asOneTest, part } from '../testing/parts';
import { lint } from '../testing/static-checks';

async function main(): Promise<void> {
  const counts = await part('lint', async () => asOneTest(await lint()));
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

void main();
