/** `npm run bench:failover`: see bench/failover.ts. */
import { failover } from '../../bench/failover';

failover().catch((error: unknown) => {
  console.error(`bench:failover: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
