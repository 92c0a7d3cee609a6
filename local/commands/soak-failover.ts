/** `npm run soak:failover [-- --faults 100 --seed 1 --modes strict,quorum --only "network cut"]`: see tests/soak/run.ts. */
import { soak } from '../../tests/soak/run';

soak().catch((error: unknown) => {
  console.error(`soak:failover: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
