/** Runs test files with mocha in a process of its own, and counts. */
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asOneTest, noTests, type Counts } from './parts';

const root = join(__dirname, '..', '..');

export interface MochaOptions {
  /** Milliseconds that one test may take, unless it says otherwise itself. */
  readonly timeout: number;
  readonly environment?: NodeJS.ProcessEnv;
  /** Further arguments of mocha, such as `--grep`. */
  readonly arguments?: readonly string[];
  /** Show what it prints only once it has ended, in one piece: something else runs beside it. */
  readonly atOnce?: boolean;
}

/** Test files by glob, relative to the project, sorted, so that every run has the same order. */
export function testFiles(pattern: string): string[] {
  return globSync(pattern, { cwd: root }).sort();
}

export async function mocha(files: readonly string[], options: MochaOptions): Promise<Counts> {
  if (files.length === 0) return noTests;
  const scratch = mkdtempSync(join(tmpdir(), 'counts-'));
  const countsFile = join(scratch, 'counts.json');
  try {
    const code = await run(files, options, countsFile);
    if (!existsSync(countsFile)) {
      console.error(`mocha ended with ${code} before it had run the tests: see its message above`);
      return asOneTest(false);
    }
    const counts = { ...noTests, ...(JSON.parse(readFileSync(countsFile, 'utf8')) as Partial<Counts>) };
    // A process that dies after the last test (an unhandled rejection) has failed too.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function run(files: readonly string[], options: MochaOptions, countsFile: string): Promise<number> {
  const program = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const fixed = ['--timeout', String(options.timeout), '--require', join(__dirname, 'ends-with-parent.cjs')];
  const child = spawn(process.execPath, [program, ...fixed, ...(options.arguments ?? []), ...files], {
    cwd: root,
    stdio: ['ignore', ...(options.atOnce ? (['pipe', 'pipe'] as const) : (['inherit', 'inherit'] as const))],
    env: { ...process.env, ...options.environment, COUNTS_FILE: countsFile },
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => printed.push(text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // `close`, not `exit`: only then has all of its output arrived.
    child.once('close', (code, signal) => {
      process.stdout.write(Buffer.concat(printed));
      resolve(signal ? 1 : (code ?? 1));
    });
  });
}
