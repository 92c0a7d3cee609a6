/**
 * The tests on a real cluster: brings one up, or takes the one that is there, and runs one
 * file after another. A cluster that was made for the run is taken down after it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { up } from '../kubernetes/cluster';
import { mocha, testFiles } from './mocha';
import { added, noTests, part, type Counts } from './parts';

export interface E2eOptions {
  /** Only files whose path below tests/e2e holds one of these; all when empty. */
  readonly only: readonly string[];
  /** Leave the cluster up, although this run made it. */
  readonly keep: boolean;
}

/** No single test may take longer; each sets its own, shorter deadlines for what it waits for. */
const longestTest = 15 * 60_000;
const bootstrap = join(__dirname, '..', 'bootstrap.cjs');

/** Runs one of the project's own commands; its output goes to ours. */
function command(name: string, output: 'inherit' | 'ignore'): boolean {
  return spawnSync(process.execPath, [bootstrap, name], { stdio: ['ignore', output, output] }).status === 0;
}

export async function e2e(options: E2eOptions): Promise<Counts> {
  const files = testFiles('tests/e2e/**/*.test.ts').filter(
    (file) =>
      options.only.length === 0 || options.only.some((word) => relative('tests/e2e', file).includes(word)),
  );
  if (files.length === 0) return noTests;
  const wasRunning = command('local-status', 'ignore');
  const cluster = await up();
  const logs = join(tmpdir(), `pulumi-postgres-ha-e2e-${process.pid}`);
  mkdirSync(logs, { recursive: true });
  console.log(`logs of failures: ${logs}`);
  const environment = { KUBECONFIG: cluster.kubeconfig, E2E_KUBECTL: cluster.kubectl, E2E_LOGS: logs };
  try {
    let counts = noTests;
    for (const file of files)
      counts = added(counts, await part(file, () => mocha([file], { timeout: longestTest, environment })));
    return counts;
  } finally {
    if (!wasRunning && !options.keep && !process.env.KUBECONFIG_FOR_DEMO) command('local-down', 'inherit');
  }
}
