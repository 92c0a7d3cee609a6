/** `npm run soak:actions`: see tests/soak/actions.ts. */
import { soakActions } from '../../tests/soak/actions';

soakActions().catch((error: unknown) => {
  console.error(`soak:actions: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
