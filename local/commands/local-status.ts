// npm run local:status [-- --own]: what of the local cluster runs; exit code 1 unless it is healthy. With --own
// that of kind is not looked at.
import { kindStatus } from '../kubernetes/kind';
import { main } from '../kubernetes/main';
import { statusReport } from '../kubernetes/status';

main('local:status', async () => {
  const kind = process.argv.includes('--own') ? undefined : await kindStatus();
  const { text, healthy } = kind ?? (await statusReport());
  process.stdout.write(`${text}\n`);
  return healthy ? 0 : 1;
});
