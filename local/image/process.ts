// Programs that the recipe runs: their output goes to the build's log line by line, their failure is an error.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

function failure(program: string, code: number | null, signal: string | null): Error {
  return new Error(`${program} ended with ${code ?? signal}: see its messages above`);
}

function cannotRun(program: string, error: Error): Error {
  return new Error(`${program} cannot be run (${error.message}): install the Debian package that has it`);
}

export async function run(program: string, args: string[], log: (line: string) => void): Promise<void> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The new root has its own paths and no locale of ours.
    env: {
      ...process.env,
      PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
      LC_ALL: 'C.UTF-8',
      DEBIAN_FRONTEND: 'noninteractive',
    },
  });
  createInterface(child.stdout).on('line', log);
  createInterface(child.stderr).on('line', log);
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(program, error)));
    child.once('close', (code, signal) => (code === 0 ? resolve() : reject(failure(program, code, signal))));
  });
}

/** A program whose output is read as a stream; `finished` rejects when it fails. */
export function outputOf(program: string, args: string[]): { output: Readable; finished: Promise<void> } {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const finished = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(program, error)));
    child.once('close', (code, signal) => (code === 0 ? resolve() : reject(failure(program, code, signal))));
  });
  return { output: child.stdout, finished };
}
