/**
 * The tests on a real cluster: brings one up, or takes the one that is there. Those that break the platform itself, or
 * measure, are called `*.alone.test.ts` and run first, one after another; then three files run at a time. Those that
 * look further into what others have shown to work are called `*.late.test.ts` and come last: on a machine that is too
 * slow for all they are what is not run. A cluster that was made for the run is taken down after it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { cacheRoot } from '../build/cache';
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
  /** Minutes since this process began after which no further file is, but those that run alone; without it all are run. */
  readonly minutes?: number;
}

/** No single test may take longer; each sets its own, shorter deadlines for what it waits for. */
const longestTest = 15 * 60_000;
const lanes = 3;
type When = 'together' | 'alone' | 'late';
const when = (file: string): When =>
  file.endsWith('.alone.test.ts') ? 'alone' : file.endsWith('.late.test.ts') ? 'late' : 'together';
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
  const environment = {
    KUBECONFIG: cluster.kubeconfig,
    E2E_KUBECTL: cluster.kubectl,
    E2E_LOGS: logs,
    // Every `pulumi up` starts processes that load the same modules as those before.
    NODE_COMPILE_CACHE: join(cacheRoot(), 'node-compile-cache'),
  };
  const chosen = options.grep === undefined ? [] : ['--grep', options.grep];
  const end = options.minutes === undefined ? Infinity : options.minutes * 60_000;
  let counts = noTests;
  const run = async (file: string, atOnce: boolean): Promise<void> => {
    const tests = () => mocha([file], { timeout: longestTest, environment, atOnce, arguments: chosen });
    // Failover is tested on whatever machine.
    const inTime = when(file) === 'alone' || performance.now() < end;
    const of = inTime ? await part(file, tests) : { ...noTests, notRun: [file] };
    counts = added(counts, of);
  };
  const those = (one: When): string[] => files.filter((file) => when(file) === one);
  // Those that take long first: lanes then end together. How long a file is tells it well enough.
  const longestFirst = (a: string, b: string): number => statSync(b).size - statSync(a).size;
  const waiting = [...those('together').sort(longestFirst), ...those('late').sort(longestFirst)];
  const beside = waiting.length > 1;
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await run(file, beside);
  };
  try {
    for (const file of those('alone')) await run(file, false);
    await Promise.all(Array.from({ length: lanes }, lane));
    return counts;
  } finally {
    if (!wasRunning && !options.keep && !process.env.KUBECONFIG_FOR_DEMO)
      command('local-down --own', 'inherit');
  }
}
