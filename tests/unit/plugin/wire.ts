/** Calls the plugin's service as the engine does, with every message as its bytes, and without a socket. */
import * as protocol from '@pulumi/pulumi/proto/provider_pb';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import { Status } from '@pulumi/pulumi/proto/status_pb';
import { createRequire } from 'node:module';
import type { Actions } from '../../../provider/cmd/pulumi-resource-postgres-ha/actions';
import { service } from '../../../provider/cmd/pulumi-resource-postgres-ha/service';

const pulumiRequire = createRequire(require.resolve('@pulumi/pulumi/package.json'));
const { Struct } = pulumiRequire('google-protobuf/google/protobuf/struct_pb.js') as {
  Struct: { fromJavaScript(value: object): never };
};

export type Reply = Record<string, unknown>;
type Method = 'check' | 'diff' | 'create' | 'read' | 'update' | 'delete';

interface Fields {
  readonly urn: string;
  readonly id?: string;
  readonly olds?: object;
  readonly oldInputs?: object;
  readonly news?: object;
  readonly properties?: object;
}

const requests = {
  check: protocol.CheckRequest,
  diff: protocol.DiffRequest,
  create: protocol.CreateRequest,
  read: protocol.ReadRequest,
  update: protocol.UpdateRequest,
  delete: protocol.DeleteRequest,
};

interface Metadata {
  get(key: string): Buffer[];
}

export function pluginClient(actions: Actions) {
  const handlers = service(actions, () => Promise.reject(new Error('no function is asked here')));
  return async (method: Method, fields: Fields): Promise<Reply> => {
    const definition = ResourceProviderService[method];
    const request = new requests[method]() as unknown as Record<string, (value: unknown) => void>;
    for (const [key, value] of Object.entries(fields)) {
      const setter = `set${key === 'oldInputs' ? 'OldInputs' : key.charAt(0).toUpperCase() + key.slice(1)}`;
      request[setter]!(
        typeof value === 'string'
          ? value
          : Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as object),
      );
    }
    const received = definition.requestDeserialize(definition.requestSerialize(request as never));
    return await new Promise<Reply>((resolve, reject) => {
      handlers[method]!({ request: received as never }, (error, response) => {
        if (error) return reject(failureOf(error as { details: string; metadata?: Metadata }));
        const bytes = definition.responseSerialize(response as never);
        resolve(replyOf(definition.responseDeserialize(bytes)));
      });
    });
  };
}

interface StructLike {
  toJavaScript(): Reply;
}

function replyOf(message: object): Reply {
  const of = message as Record<string, () => unknown>;
  const read = (getter: string) => (getter in of ? of[getter]!() : undefined);
  const struct = (getter: string) => (read(getter) as StructLike | undefined)?.toJavaScript();
  const failures = read('getFailuresList') as protocol.CheckFailure[] | undefined;
  const detailed = read('getDetaileddiffMap') as
    { getEntryList(): [string, [number | undefined, boolean | undefined]][] } | undefined;
  return {
    id: read('getId'),
    inputs: struct('getInputs'),
    properties: struct('getProperties'),
    failures: failures?.map((one) => one.toObject()),
    changes: read('getChanges'),
    diffs: read('getDiffsList'),
    detailed:
      detailed && Object.fromEntries(detailed.getEntryList().map(([path, [kind = 0]]) => [path, kind])),
  };
}

/** The error as the engine understands it, with what the resource is left with. */
function failureOf({ details, metadata }: { details: string; metadata?: Metadata }): Error {
  const [bytes] = metadata?.get('grpc-status-details-bin') ?? [];
  if (!bytes) return new Error(details);
  const any = Status.deserializeBinary(bytes).getDetailsList()[0]!;
  const left = protocol.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
  return Object.assign(new Error(details), {
    id: left.getId(),
    properties: (left.getProperties() as unknown as StructLike).toJavaScript(),
    reasons: left.getReasonsList(),
  });
}
