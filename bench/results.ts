/** What a benchmark found, kept with what it ran on: bench/results/NAME.json. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..');

export interface Machine {
  readonly processors: string;
  readonly memory: string;
  readonly kernel: string;
  readonly node: string;
  /** Load of the last minute when the benchmark began: others on the machine make every figure worse. */
  readonly load: number;
}

export function machine(): Machine {
  const all = cpus();
  return {
    processors: `${all.length} × ${all[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release(),
    node: process.version,
    load: Number(loadavg()[0]!.toFixed(1)),
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

/** `on` is taken before the run, so that its load is not the benchmark's own. */
export function keep(name: string, on: Machine, results: unknown): void {
  const folder = join(root, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  const content = { when: new Date().toISOString(), commit: commit(), machine: on, results };
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  console.log(
    `kept in bench/results/${name}.json; ${on.processors}, ${on.memory}, load ${on.load} at the start`,
  );
}
