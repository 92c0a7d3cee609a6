// A lock file that dies with its holder: it names the process and the time that process began
// (field 22 of /proc/PID/stat, proc(5)), since a process number alone may be somebody else's
// by the time it is read.
import * as fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** When the process began, in clock ticks since boot; undefined if it is gone or dead. */
export function processStart(pid: number): string | undefined {
  let stat: string;
  try {
    stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the command in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return fields[19];
}

/** Waits for the lock, says once who holds it, and returns how to let it go. */
export async function acquire(file: string, waiting: (holder: number) => void): Promise<() => void> {
  const mine = `${process.pid} ${processStart(process.pid) ?? ''}`;
  const own = `${file}.${process.pid}`;
  let told = false;
  for (;;) {
    // A hard link is made whole or not at all: nobody ever reads a lock without a holder in it.
    fs.writeFileSync(own, mine);
    try {
      fs.linkSync(own, file);
      return () => fs.rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      fs.rmSync(own, { force: true });
    }
    const [pid, start] = readHolder(file);
    if (pid !== undefined && (start === '' || processStart(pid) !== start)) {
      fs.rmSync(file, { force: true });
      continue;
    }
    if (!told && pid !== undefined) {
      waiting(pid);
      told = true;
    }
    await delay(200);
  }
}

function readHolder(file: string): [number | undefined, string] {
  try {
    const [pid, start] = fs.readFileSync(file, 'utf8').split(' ');
    return [Number(pid), start ?? ''];
  } catch {
    return [undefined, ''];
  }
}
