/**
 * The engine's protocol for the plugin. Components are constructed by the SDK's own server
 * (`pulumi.provider.main`), which follows every option that a component can be given; what that
 * server can't carry for custom resources (detailed diffs, state of a broken update) is answered here.
 */
import type * as grpc from '@grpc/grpc-js';
import * as protocol from '@pulumi/pulumi/proto/provider_pb';
import type { PluginAttach } from '@pulumi/pulumi/proto/plugin_pb';
import * as status from '@pulumi/pulumi/proto/status_pb';
import { createRequire } from 'node:module';
import { attach, interrupt } from '../../actions/core/alive';
import { isBegun, type Actions, type Begun } from './actions';
import type { Properties } from './properties';

// The copies that @pulumi/pulumi itself uses.
const pulumiRequire = createRequire(require.resolve('@pulumi/pulumi/package.json'));
const { Struct } = pulumiRequire('google-protobuf/google/protobuf/struct_pb.js') as Structs;
const { Empty } = pulumiRequire('google-protobuf/google/protobuf/empty_pb.js') as {
  Empty: new () => unknown;
};
const { Any } = pulumiRequire('google-protobuf/google/protobuf/any_pb.js') as Anys;
const { Metadata } = pulumiRequire('@grpc/grpc-js') as typeof grpc;

interface Structs {
  readonly Struct: { fromJavaScript(value: Properties): never };
}
interface Anys {
  readonly Any: new () => { pack(bytes: Uint8Array, type: string): void };
}

type Handler = (call: { request: never }, callback: grpc.sendUnaryData<unknown>) => void;

/** The answer of a function of the package. */
export type Invoke = (token: string, args: Properties) => Promise<Properties>;

/** What stands in place of the SDK's own methods of the same name. */
export function service(
  actions: Actions,
  invoke: Invoke,
  sdk: { attach?: Handler } = {},
): Record<string, Handler> {
  return {
    invoke: answered(async (request: protocol.InvokeRequest) => {
      const response = new protocol.InvokeResponse();
      response.setReturn(Struct.fromJavaScript(await invoke(request.getTok(), of(request.getArgs()))));
      return response;
    }),

    check: answered(async (request: protocol.CheckRequest) => {
      const called = { urn: request.getUrn(), id: '' };
      const { inputs, failures } = await actions.check(called, of(request.getOlds()), of(request.getNews()));
      const response = new protocol.CheckResponse();
      response.setInputs(Struct.fromJavaScript(inputs));
      response.setFailuresList(
        failures.map(({ property, reason }) => {
          const failure = new protocol.CheckFailure();
          failure.setProperty(property);
          failure.setReason(reason);
          return failure;
        }),
      );
      return response;
    }),

    diff: answered(async (request: protocol.DiffRequest) => {
      const [state, news] = [of(request.getOlds()), of(request.getNews())];
      const olds = request.getOldInputs();
      const called = { urn: request.getUrn(), id: request.getId() };
      const { changes, detailed } = await actions.diff(called, state, olds && of(olds), news);
      const response = new protocol.DiffResponse();
      const { DIFF_SOME, DIFF_NONE } = protocol.DiffResponse.DiffChanges;
      response.setChanges(changes ? DIFF_SOME : DIFF_NONE);
      const kinds = protocol.PropertyDiff.Kind;
      for (const [path, change] of detailed) {
        const one = new protocol.PropertyDiff();
        one.setKind(change === 'add' ? kinds.ADD : change === 'delete' ? kinds.DELETE : kinds.UPDATE);
        one.setInputdiff(true);
        response.getDetaileddiffMap().set(path, one);
      }
      response.setHasdetaileddiff(detailed.size > 0);
      response.setDiffsList([...new Set([...detailed.keys()].map((path) => path.split(/[.[]/)[0]!))]);
      return response;
    }),

    create: answered(async (request: protocol.CreateRequest) => {
      const called = { urn: request.getUrn(), id: '' };
      const { id, properties } = await actions.create(called, of(request.getProperties()));
      const response = new protocol.CreateResponse();
      response.setId(id);
      response.setProperties(Struct.fromJavaScript(properties));
      return response;
    }),

    read: answered(async (request: protocol.ReadRequest) => {
      const called = { urn: request.getUrn(), id: request.getId() };
      const { id, properties } = await actions.read(called, of(request.getProperties()));
      const response = new protocol.ReadResponse();
      response.setId(id);
      response.setProperties(Struct.fromJavaScript(properties));
      const inputs = request.getInputs();
      if (inputs) response.setInputs(inputs);
      return response;
    }),

    update: answered(async (request: protocol.UpdateRequest) => {
      const called = { urn: request.getUrn(), id: request.getId() };
      const properties = await actions.update(called, of(request.getOlds()), of(request.getNews()));
      const response = new protocol.UpdateResponse();
      response.setProperties(Struct.fromJavaScript(properties));
      return response;
    }),

    delete: answered(async (request: protocol.DeleteRequest) => {
      const called = { urn: request.getUrn(), id: request.getId() };
      await actions.delete(called, of(request.getProperties()));
      return new Empty();
    }),

    // Without settings of its own, the provider of one version is as good as that of another.
    checkConfig: answered(async (request: protocol.CheckRequest) => {
      const response = new protocol.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: answered(async () => {
      const response = new protocol.DiffResponse();
      response.setChanges(protocol.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    }),

    cancel: answered(async () => {
      interrupt();
      return new Empty();
    }),

    attach: (call, callback) => {
      attach((call.request as PluginAttach).getAddress());
      if (sdk.attach) sdk.attach(call, callback);
      else callback(null, new Empty());
    },
  };
}

function of(struct: { toJavaScript(): object } | undefined): Properties {
  return { ...struct?.toJavaScript() };
}

function answered<R>(answer: (request: R) => Promise<unknown>): Handler {
  return (call, callback) => {
    answer(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => callback(failure(error)),
    );
  };
}

/** An update that was begun leaves state: the engine takes it from the details of the error (pulumirpc.ErrorResourceInitFailed). */
function failure(error: unknown): Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  const code = 2; // UNKNOWN
  return isBegun(error) ? { code, details, metadata: begun(error, code) } : { code, details };
}

function begun({ id, message, properties, reasons }: Begun, code: number): grpc.Metadata {
  const detail = new protocol.ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(Struct.fromJavaScript(properties));
  detail.setReasonsList([...reasons]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
  const response = new status.Status();
  response.setCode(code);
  response.setMessage(message);
  response.addDetails(packed as never);
  const metadata = new Metadata();
  metadata.add('grpc-status-details-bin', Buffer.from(response.serializeBinary()));
  return metadata;
}
