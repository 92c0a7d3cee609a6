/** `npm run bench:preview`: see bench/preview.ts. */
import { preview } from '../../bench/preview';

preview().catch((error: unknown) => {
  console.error(`bench:preview: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
