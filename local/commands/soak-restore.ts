/** `npm run soak:restore`: see tests/soak/restore.ts. */
import { soakRestore } from '../../tests/soak/restore';

soakRestore().catch((error: unknown) => {
  console.error(`soak:restore: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
