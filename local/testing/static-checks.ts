/** Lint and types: what can be said of the project without running it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { check } from '../lint/check';
import { rendered } from '../lint/problem';

const root = join(__dirname, '..', '..');

/** Runs a tool of node_modules; its output is shown, whole, when it has ended. */
function tool(path: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [join(root, 'node_modules', path), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });
}

/**
 * ESLint, prettier and the project's own rules. No caches: prettier's called formatted files
 * unformatted, and ESLint's does not know that a type in another file has changed.
 */
export async function lint(): Promise<boolean> {
  const eslint = tool('eslint/bin/eslint.js', ['.']);
  const prettier = tool('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']);
  const problems = check(root);
  for (const problem of problems) console.log(rendered(problem));
  const ok = await Promise.all([eslint, prettier]);
  return ok.every(Boolean) && problems.every((problem) => problem.warning);
}

export function types(): Promise<boolean> {
  return tool('typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']);
}
