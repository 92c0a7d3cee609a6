/**
 * What a run that was killed (CI's time was up, SIGKILL) has left of one test on this machine:
 * its claim on the test, a `pulumi` that is still at work, the lock and the state of its stack.
 */
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { acquire, processStart } from '../../local/build/lock';

const claimed = new Set<string>();

/**
 * Makes `folder` this process's own until it ends: a run that still lives is waited for, a
 * dead one is not. What is found in the folder after that belongs to nobody.
 */
export async function claim(folder: string): Promise<void> {
  // The claim would wait for this very process.
  if (claimed.has(folder)) throw new Error(`${folder} is in use by this test itself: use what it has opened`);
  mkdirSync(folder, { recursive: true });
  await acquire(join(folder, '.claim'), (holder) =>
    process.stderr.write(`process ${holder} is running this test, waiting…\n`),
  );
  claimed.add(folder);
}

/** Ends each `pulumi` that holds a lock in the file backend `folder`, and removes the backend. */
export async function removeBackend(folder: string): Promise<void> {
  for (const file of globSync('.pulumi/locks/**/*.json', { cwd: folder })) {
    const pid = lockHolder(join(folder, file));
    // Its providers notice that it is gone and stop by themselves (provider/actions/core).
    while (pid !== undefined && isPulumi(pid)) {
      process.kill(pid, 'SIGKILL');
      await pause(20);
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

/** A lock is `{ pid, username, hostname, timestamp }` (pulumi, pkg/backend/diy/lock.go). */
function lockHolder(file: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { pid?: number }).pid;
  } catch {
    return undefined; // Killed while it wrote it, or it has just removed it.
  }
}

/** A process number may be somebody else's by now. */
function isPulumi(pid: number): boolean {
  if (processStart(pid) === undefined) return false;
  const file = `/proc/${pid}/comm`;
  return existsSync(file) && readFileSync(file, 'utf8').trim() === 'pulumi';
}

/** Command lines of the processes that have this in their environment, by their number. */
export function processesWith(variable: string, value: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      if (!environment.includes(`${variable}=${value}`)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (command !== '') found.set(Number(pid), command); // a dead one has none
    } catch {
      // Ended meanwhile, or somebody else's.
    }
  return found;
}
