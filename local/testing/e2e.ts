/**
 * The tests on a real cluster: brings one up, or takes the one that is there. Three files run at
 * a time: one by itself uses a sixth of two processors and waits otherwise. Those that break the platform
 * itself, or measure, are called `*.alone.test.ts` and run one after another when all others have
 * ended. A cluster that was made for the run is taken down after it.
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
  /** Only tests whose title matches this (mocha's `--grep`); all when absent. */
  readonly grep?: string;
  /** Leave the cluster up, although this run made it. */
  readonly keep: boolean;
}

/** No single test may take longer; each sets its own, shorter deadlines for what it waits for. */
const longestTest = 15 * 60_000;
const lanes = 3;
const runsAlone = (file: string): boolean => file.endsWith('.alone.test.ts');
const bootstrap = join(__dirname, '..', 'bootstrap.cjs');

/** Runs one of the project's own commands; its output goes to ours. */
function command(line: string, output: 'inherit' | 'ignore'): boolean {
  return (
    spawnSync(process.execPath, [bootstrap, ...line.split(' ')], { stdio: ['ignore', output, output] })
      .status === 0
  );
}

export async function e2e(options: E2eOptions): Promise<Counts> {
  const files = testFiles('tests/e2e/**/*.test.ts').filter(
    (file) =>
      options.only.length === 0 || options.only.some((word) => relative('tests/e2e', file).includes(word)),
  );
  if (files.length === 0) return noTests;
  const wasRunning = command('local-status --own', 'ignore');
  const cluster = await up();
  const logs = join(tmpdir(), `pulumi-postgres-ha-e2e-${process.pid}`);
  mkdirSync(logs, { recursive: true });
  console.log(`logs of failures: ${logs}`);
  const environment = { KUBECONFIG: cluster.kubeconfig, E2E_KUBECTL: cluster.kubectl, E2E_LOGS: logs };
  const chosen = options.grep === undefined ? [] : ['--grep', options.grep];
  const run = (file: string, atOnce: boolean): Promise<Counts> =>
    part(file, () => mocha([file], { timeout: longestTest, environment, atOnce, arguments: chosen }));
  try {
    const waiting = files.filter((file) => !runsAlone(file));
    const beside = waiting.length > 1;
    let counts = noTests;
    const lane = async (): Promise<void> => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        const of = await run(file, beside);
        counts = added(counts, of);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    for (const file of files.filter(runsAlone)) counts = added(counts, await run(file, false));
    return counts;
  } finally {
    if (!wasRunning && !options.keep && !process.env.KUBECONFIG_FOR_DEMO)
      command('local-down --own', 'inherit');
  }
}
