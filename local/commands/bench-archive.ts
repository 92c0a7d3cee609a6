/** `npm run bench:archive`: see bench/archive.ts. */
import { archive } from '../../bench/archive';

archive().catch((error: unknown) => {
  console.error(`bench:archive: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
