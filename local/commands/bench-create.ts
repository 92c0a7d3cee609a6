/** `npm run bench:create`: see bench/create.ts. */
import { create } from '../../bench/create';

create().catch((error: unknown) => {
  console.error(`bench:create: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
