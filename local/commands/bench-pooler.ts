/** `npm run bench:pooler`: see bench/pooler.ts. */
import { pooler } from '../../bench/pooler';

pooler().catch((error: unknown) => {
  console.error(`bench:pooler: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
