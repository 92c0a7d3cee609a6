// Builds one of this project's Go programs.
import { spawn } from 'node:child_process';
import { onPath } from './installed';

export interface GoProgram {
  /** The module's folder. */
  module: string;
  /** The package to build: `.` or an import path that the module requires. */
  main: string;
  output: string;
  /** Variables that the linker sets, by their full name. */
  variables: Record<string, string>;
}

export async function buildGo(program: GoProgram, log: (line: string) => void): Promise<void> {
  if (!onPath('go')) {
    throw new Error('Go is not on PATH: install Go 1.25 or newer, or install the Pulumi CLI');
  }
  const variables = Object.entries(program.variables).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ['-trimpath', '-ldflags', ['-s', '-w', ...variables].join(' ')];
  const child = spawn('nice', ['-n', '10', 'go', 'build', ...flags, '-o', program.output, program.main], {
    cwd: program.module,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let rest = '';
  const lines = (chunk: Buffer): void => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    parts.forEach(log);
  };
  child.stdout.on('data', lines);
  child.stderr.on('data', lines);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (rest) log(rest);
  if (status !== 0) throw new Error(`go build ${program.main} in ${program.module} ended with ${status}`);
}
