/**
 * Whether somebody still wants this. After a SIGKILL of the CLI the provider process lives on
 * (docs/decisions/actions.md), so it asks before each step. A first Ctrl-C is not told to it at all,
 * a second one is, and five seconds later it is killed: it stops before its next step.
 */
import { connect } from 'node:net';

export interface Watchman {
  /** Why to stop, or undefined. */
  stop(): Promise<string | undefined>;
  readonly signal: AbortSignal;
  close(): void;
}

const probeMs = 2_000;

/** What ends the runs that go on in this process. */
const interrupts = new Set<() => void>();

/** Somebody wants everything in this process to end. Without a run it does nothing: the engine says so at its normal end too. */
export function interrupt(): void {
  for (const one of interrupts) one();
}

/** `engine` is the address of the engine, `host:port`; without one only signals count. */
export function watchman(engine = engineAddress()): Watchman {
  const controller = new AbortController();
  let reason: string | undefined;
  const interrupted = () => {
    reason = 'it was interrupted';
    controller.abort();
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  interrupts.add(interrupted);
  swallowBrokenPipes();
  const parent = process.ppid;
  const orphaned = async () => process.ppid !== parent || (engine !== undefined && !(await answers(engine)));
  // Long waits end as well when nobody waits for them any more.
  const timer = setInterval(() => {
    void orphaned().then((yes) => {
      if (!yes || reason) return;
      reason = 'the Pulumi engine is gone';
      controller.abort();
    });
  }, 3_000);
  timer.unref();
  return {
    signal: controller.signal,
    async stop() {
      if (!reason && (await orphaned())) reason = 'the Pulumi engine is gone';
      return reason;
    },
    close() {
      clearInterval(timer);
      interrupts.delete(interrupted);
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
    },
  };
}

/** What the engine itself leaves a provider after a second Ctrl-C: other resources may work in this process, which nobody can ask. */
const graceMs = 5_000;

let working = 0;
let watching = false;

/** Until `work` has ended this process does not end by itself: a step that was begun is recorded, and the Lease given back. */
export async function atWork<T>(work: () => Promise<T>): Promise<T> {
  working++;
  try {
    return await work();
  } finally {
    working--;
  }
}

/**
 * Ends this process some seconds after the engine that started it, since its server would keep it for ever: nobody
 * kills a provider whose CLI got a SIGKILL. Runs that go on are ended by their watchman, and waited for.
 */
export function endWithEngine(
  engine = startedBy(process.argv),
  end: () => void = () => process.exit(),
  [everyMs, grace] = [3_000, graceMs],
): void {
  if (watching || engine === undefined) return;
  watching = true;
  swallowBrokenPipes();
  let gone: number | undefined;
  const timer = setInterval(() => {
    void answers(engine).then((yes) => {
      gone = yes ? undefined : (gone ?? Date.now());
      if (gone === undefined || Date.now() - gone < grace || working > 0 || !watching) return;
      clearInterval(timer);
      watching = false;
      end();
    });
  }, everyMs);
  timer.unref();
}

let attached: string | undefined;

/** Where the engine is, when it has not started this process (a plugin under a debugger). */
export function attach(address: string): void {
  attached = address;
}

/** The engine passes its address to a provider's process, after options (cmd/dynamic-provider of @pulumi/pulumi: as the only argument). */
export function engineAddress(argv: readonly string[] = process.argv): string | undefined {
  return attached ?? startedBy(argv);
}

function startedBy(argv: readonly string[]): string | undefined {
  return argv.slice(2).find((one) => /^[\w.\-[\]:]+:\d+$/.test(one));
}

async function answers(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':');
  return await new Promise((resolve) => {
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
    const end = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(probeMs, () => end(true)); // busy is not dead
    socket.on('connect', () => end(true));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code !== 'ECONNREFUSED'));
  });
}

let swallowing = false;

/** A write to the pipe of a dead CLI must not end, nor spin, the process: the Lease and the journal are to be left in order. */
function swallowBrokenPipes(): void {
  if (swallowing) return;
  swallowing = true;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}
