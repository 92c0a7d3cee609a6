/**
 * The tests on a real cluster: brings one up, or takes the one that is there, and runs one
 * file after another. A cluster that was made for the run is taken down after it.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { down, running, up } from '../kubernetes/cluster';
import { mocha, testFiles } from './mocha';
import { added, noTests, part, type Counts } from './parts';

export interface E2eOptions {
  /** Only files whose name holds one of these; all when empty. */
  readonly only: readonly string[];
  /** Leave the cluster up, although this run made it. */
  readonly keep: boolean;
}

/** No single test may take longer; each sets its own, shorter deadlines for what it waits for. */
const longestTest = 15 * 60_000;

export async function e2e(options: E2eOptions): Promise<Counts> {
  const files = testFiles('tests/e2e/**/*.test.ts').filter(
    (file) => options.only.length === 0 || options.only.some((word) => basename(file).includes(word)),
  );
  if (files.length === 0) return noTests;
  const wasRunning = await running();
  const cluster = await up();
  const logs = join(tmpdir(), `pulumi-postgres-ha-e2e-${process.pid}`);
  mkdirSync(logs, { recursive: true });
  console.log(`logs of failures: ${logs}`);
  try {
    let counts = noTests;
    for (const file of files) {
      const environment = { KUBECONFIG: cluster.kubeconfig, E2E_KUBECTL: cluster.kubectl, E2E_LOGS: logs };
      counts = added(counts, await part(file, () => mocha([file], { timeout: longestTest, environment })));
    }
    return counts;
  } finally {
    if (!wasRunning && !options.keep) await down();
  }
}
