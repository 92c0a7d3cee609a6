/** `npm run bench:backup`: see bench/backup.ts. */
import { backup } from '../../bench/backup';

backup().catch((error: unknown) => {
  console.error(`bench:backup: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
