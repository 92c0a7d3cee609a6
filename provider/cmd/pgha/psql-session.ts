/** `pgha psql`: psql in a member's pod, in this terminal, or with this process's input and output. */
import type { Context } from './context';
import { databaseContainer, psql } from './context';
import { CommandError } from './context';
import { membersOf, type Member, type Objects } from './observed';

export interface PsqlOptions {
  readonly dbname: string;
  readonly command?: string;
  readonly file?: boolean;
  readonly replica?: boolean;
  readonly member?: string;
}

export function chosenMember(objects: Objects, options: Pick<PsqlOptions, 'replica' | 'member'>): Member {
  const members = membersOf(objects);
  const there = members.map((member) => `${member.name} (${member.role})`).join(', ');
  if (options.member !== undefined) {
    const found = members.find((m) => m.name === options.member || m.pod === options.member);
    if (found) return found;
    throw new CommandError(`there is no member ${options.member}. Members: ${there}.`);
  }
  const role = options.replica ? 'replica' : 'primary';
  const found = members.find((member) => member.role === role && member.ready);
  if (found) return found;
  throw new CommandError(`there is no ${role} that is ready. Members: ${there}. Name one with --member.`);
}

/** Runs psql and gives its exit code. */
export async function psqlSession(
  context: Context,
  pod: string,
  options: PsqlOptions,
  more: readonly string[],
): Promise<number> {
  const interactive =
    options.command === undefined && process.stdin.isTTY === true && process.stdout.isTTY === true;
  const command = [
    // A terminal's kind decides whether psql can edit lines and page.
    ...(interactive ? ['env', `TERM=${process.env['TERM'] ?? 'xterm'}`] : []),
    ...psql.filter((argument) => !interactive || argument !== '-X'),
    ...['-d', options.dbname],
    ...(options.command === undefined ? [] : ['-c', options.command]),
    ...more,
  ];
  return attached(context, pod, command, interactive, options.command === undefined);
}

async function attached(
  context: Context,
  pod: string,
  command: string[],
  terminal: boolean,
  withInput: boolean,
): Promise<number> {
  const { Exec } = await import('@kubernetes/client-node/dist/exec.js');
  const input = withInput ? process.stdin : null;
  if (terminal) process.stdin.setRawMode(true);
  try {
    return await new Promise<number>((resolve, reject) => {
      new Exec(context.config)
        .exec(
          context.namespace,
          pod,
          databaseContainer,
          command,
          process.stdout,
          process.stderr,
          input,
          terminal,
          (status) => resolve(exitCode(status)),
        )
        .then((socket) => {
          socket.on('close', () => reject(new CommandError(`the connection to ${pod} was lost`)));
        })
        .catch((error: unknown) => {
          const message =
            error instanceof Error ? error.message : String((error as { message?: string }).message);
          reject(
            new CommandError(
              `psql could not be started in ${pod}: ${message}. It needs the right to create pods/exec.`,
            ),
          );
        });
    });
  } finally {
    if (terminal) process.stdin.setRawMode(false);
    process.stdin.pause();
  }
}

interface ExecStatus {
  readonly status?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

function exitCode(status: ExecStatus): number {
  if (status.status === 'Success') return 0;
  return Number(status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message ?? 1);
}
