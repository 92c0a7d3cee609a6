// npm run local:status: what of the local cluster runs; exit code 1 unless it is healthy.
import { main } from '../kubernetes/main';
import { statusReport } from '../kubernetes/status';

main('local:status', async () => {
  const { text, healthy } = await statusReport();
  process.stdout.write(`${text}\n`);
  return healthy ? 0 : 1;
});
