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
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
    },
  };
}

/** The engine passes its address as the only argument of a dynamic provider's process (cmd/dynamic-provider of @pulumi/pulumi). */
export function engineAddress(argv: readonly string[] = process.argv): string | undefined {
  const address = argv[2];
  return address && /^[\w.\-[\]:]+:\d+$/.test(address) ? address : undefined;
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
