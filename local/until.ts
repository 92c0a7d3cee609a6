// Waiting for what nothing reports, by asking for it.
import { setTimeout as delay } from 'node:timers/promises';

/** Polls until the check gives something; the error of the last attempt tells why it did not. */
export async function until<T>(
  what: string,
  seconds: number,
  check: () => Promise<T | undefined | false>,
  every = 100,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let reason = '';
  for (;;) {
    try {
      const result = await check();
      if (result !== undefined && result !== false) return result;
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (Date.now() > deadline) throw new Error(`${what} took longer than ${seconds} s${reason}`);
    await delay(every);
  }
}
