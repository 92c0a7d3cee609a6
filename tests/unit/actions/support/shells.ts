/** The two forms of an action: dynamic resource of a TypeScript program, and custom resource of the plugin, by the engine's own messages. */
import type { DynamicProvider } from '../../../../provider/actions/core/provider';
import { actions } from '../../../../provider/cmd/pulumi-resource-postgres-ha/actions';
import { pluginClient, type Reply } from '../../plugin/wire';

/** The same calls, by a form of the action. */
export type Served = (provider: DynamicProvider) => DynamicProvider;

export const shells: readonly [string, Served][] = [
  ['as a dynamic resource', (provider) => provider],
  ['as a resource of the plugin', byPlugin],
];

const urn = 'urn:pulumi:stack::project::postgres-ha:index:Test::test';

export function byPlugin(provider: DynamicProvider): DynamicProvider {
  const call = pluginClient(actions(() => provider));
  return {
    async check(olds, news) {
      const { inputs, failures } = await call('check', { urn, olds, news });
      return { inputs: inputs as Reply, failures: failures as { property: string; reason: string }[] };
    },
    async diff(id, olds, news) {
      const { changes } = await call('diff', { urn, id, olds, news });
      return { changes: changes === 2 };
    },
    async create(inputs) {
      const { id, properties } = await call('create', { urn, properties: inputs });
      return { id: String(id), outs: properties as Reply };
    },
    async read(id, state) {
      const reply = await call('read', { urn, id, properties: state });
      return { id: String(reply['id']), props: reply['properties'] as Reply };
    },
    async update(id, olds, news) {
      const { properties } = await call('update', { urn, id, olds, news });
      return { outs: properties as Reply };
    },
    async delete(id, properties) {
      await call('delete', { urn, id, properties });
    },
  };
}
