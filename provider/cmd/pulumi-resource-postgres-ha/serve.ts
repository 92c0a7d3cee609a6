/** Serves the plugin: the SDK's server, with our answers in place of its own for custom resources. */
import type * as grpc from '@grpc/grpc-js';
import * as pulumi from '@pulumi/pulumi';
import { createRequire } from 'node:module';
import { endWithEngine } from '../../actions/core/alive';
import { servePlugin } from '../../actions/core/part';
import { actions, installed } from './actions';
import { construct } from './components';
import { invoke } from './functions';
import { schemaText, type Schema } from './package-schema';
import { service } from './service';

/** Parts of a cluster, which only the component makes: they are not in the schema. */
const parts = ['postgres-ha:index:Foundation', 'postgres-ha:index:Rollout'];

/** Listens, and prints the port, as the engine expects it; `args` are those that the engine gives. */
export async function serve(args: readonly string[]): Promise<void> {
  endWithEngine();
  const text = schemaText();
  const schema = JSON.parse(text) as Schema;
  servePlugin(schema.version);
  const custom = Object.keys(schema.resources).filter((type) => !schema.resources[type]?.isComponent);
  const ours = actions(installed([...custom, ...parts]));
  answeringBy((sdk) => service(ours, (token, args) => invoke(schema, token, args), sdk));
  await pulumi.provider.main(
    {
      version: schema.version,
      schema: text,
      construct: (name, type, inputs, options) => construct(schema, name, type, inputs, options),
    },
    [...args],
  );
}

/**
 * `pulumi.provider.main` makes its own server object and hands it to gRPC; what `replacing` returns
 * comes before the methods of that object. The SDK gives no other way in.
 */
function answeringBy(replacing: (sdk: object) => object): void {
  const { Server } = createRequire(require.resolve('@pulumi/pulumi/package.json'))(
    '@grpc/grpc-js',
  ) as typeof grpc;
  const add = Server.prototype.addService;
  Server.prototype.addService = function (definition, sdk) {
    Server.prototype.addService = add;
    // The SDK's methods see its own fields through the prototype.
    const both = Object.assign(Object.create(sdk) as grpc.UntypedServiceImplementation, replacing(sdk));
    add.call(this, definition, both);
  };
}
