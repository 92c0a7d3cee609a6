/**
 * `npm run soak:s3-outage [-- SECONDS]`: the test of backups in S3 with S3 away for so long, 300 seconds by default, while
 * writes go on, and of a cluster that is made from nothing but S3 afterwards. It prints how many writes there were and how long
 * the longest took.
 */
import { e2e } from '../testing/e2e';
import { close } from '../testing/parts';

async function main(): Promise<void> {
  process.env.S3_OUTAGE_SECONDS = process.argv[2] ?? '300';
  const counts = await e2e({
    only: ['backup-s3'],
    grep: 'reach the local|S3 away, then slow|nothing is left',
    keep: false,
  });
  close(counts);
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

void main();
