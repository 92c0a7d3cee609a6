/** A command in a container, by the API server's WebSocket. */
import { PassThrough } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { LiveError } from './errors';
import type { ExecResult } from './live';

/** What the API server sends when the command has ended. */
interface ExecStatus {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

export async function execIn(
  config: KubeConfig,
  namespace: string,
  pod: string,
  container: string,
  command: readonly string[],
  timeoutMs: number,
): Promise<ExecResult> {
  const { Exec } = await import('@kubernetes/client-node/dist/exec.js');
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  stdout.on('data', (chunk: Buffer) => output.push(chunk));
  stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const where = `${command[0]} in container ${container} of pod ${pod}`;
  return await new Promise<ExecResult>((resolve, reject) => {
    let close: () => void = () => undefined;
    const timer = setTimeout(() => {
      close();
      reject(new LiveError('DeadlineExceeded', `${where} did not end within ${timeoutMs / 1000} s.`));
    }, timeoutMs);
    const ended = (status: ExecStatus) => {
      clearTimeout(timer);
      close();
      const code = exitCode(status);
      if (code === undefined)
        reject(new LiveError('Other', `${where} could not be run: ${status.message ?? 'no reason given'}`));
      else
        resolve({
          stdout: Buffer.concat(output).toString('utf8'),
          stderr: Buffer.concat(errors).toString('utf8'),
          code,
        });
    };
    new Exec(config)
      .exec(namespace, pod, container, [...command], stdout, stderr, null, false, ended)
      .then((socket) => {
        close = () => socket.close();
        // A connection lost before the status came, say because the pod was deleted.
        socket.on('close', () => {
          clearTimeout(timer);
          reject(new LiveError('Unreachable', `The connection to ${where} was lost.`));
        });
      })
      .catch((error: unknown) => {
        clearTimeout(timer);
        const message =
          error instanceof Error ? error.message : String((error as { message?: string }).message ?? error);
        reject(
          new LiveError(
            /403/.test(message) ? 'Forbidden' : 'Unreachable',
            `${where} could not be run: ${message}. Needs the right to create pods/exec.`,
          ),
        );
      });
  });
}

function exitCode(status: ExecStatus): number | undefined {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find((one) => one.reason === 'ExitCode');
  return cause?.message === undefined ? undefined : Number(cause.message);
}
