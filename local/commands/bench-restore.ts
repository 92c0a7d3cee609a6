/** `npm run bench:restore`: see bench/restore.ts. */
import { restore } from '../../bench/restore';

restore().catch((error: unknown) => {
  console.error(`bench:restore: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
