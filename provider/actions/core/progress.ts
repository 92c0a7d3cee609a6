/** Lines in the row of a resource while it is worked on. */
import { createRequire } from 'node:module';
import { engineAddress } from './alive';

export interface Progress {
  /** Stays in the output of the command. */
  say(text: string): void;
  warn(text: string): void;
  /** Replaces the status shown in the row; gone at the end. */
  show(text: string): void;
}

export const silent: Progress = { say() {}, warn() {}, show() {} };

type Send = (text: string, urn: string, severity: 'INFO' | 'WARNING', ephemeral: boolean) => void;
let sender: Send | undefined;

/** Lines for the resource with this URN; without engine or URN there is no row, and nothing is shown. */
export function progressOf(urn: string | undefined): Progress {
  const address = engineAddress();
  if (!urn || !address) return silent;
  sender ??= senderTo(address);
  let last = '';
  const send = sender;
  return {
    say: (text) => send(text, urn, 'INFO', false),
    warn: (text) => send(text, urn, 'WARNING', false),
    show: (text) => {
      if (text === last) return;
      last = text;
      send(text, urn, 'INFO', true);
    },
  };
}

/** Speaks the engine's own protocol, since pulumi.log in a dynamic provider's process has no engine to talk to. */
function senderTo(address: string): Send {
  // grpc must be the copy that @pulumi/pulumi itself uses.
  const pulumi = createRequire(require.resolve('@pulumi/pulumi/package.json'));
  const grpc = pulumi('@grpc/grpc-js') as Grpc;
  const { EngineClient } = pulumi('./proto/engine_grpc_pb') as {
    EngineClient: new (address: string, credentials: unknown) => Engine;
  };
  const messages = pulumi('./proto/engine_pb') as Messages;
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  let queue = Promise.resolve();
  return (text, urn, severity, ephemeral) => {
    const request = new messages.LogRequest();
    request.setSeverity(messages.LogSeverity[severity] ?? 1);
    request.setMessage(text);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    // In order, and never in the way: a line that can't be delivered is no reason to stop.
    queue = queue.then(() => new Promise<void>((resolve) => client.log(request, () => resolve())));
  };
}

interface Grpc {
  readonly credentials: { createInsecure(): unknown };
}
interface Engine {
  log(request: LogRequest, callback: (error: unknown) => void): void;
}
interface LogRequest {
  setSeverity(severity: number): void;
  setMessage(text: string): void;
  setUrn(urn: string): void;
  setEphemeral(ephemeral: boolean): void;
}
interface Messages {
  LogRequest: new () => LogRequest;
  LogSeverity: Readonly<Record<string, number>>;
}
