import * as assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { PostgresCluster } from '../../../provider/cluster/postgres-cluster';
import type { PostgresClusterArgs } from '../../../provider/cluster/args';
import { UNKNOWN } from '../../../provider/cluster/spec';
import { registered, type Registered } from './mocks';

/** An Output whose value the engine does not know before `up`, as a new resource's generated name. */
function unknownText(): pulumi.Output<string> {
  return pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
}

const cluster = (args: PostgresClusterArgs, preview = false): Promise<Registered[]> =>
  registered(() => void new PostgresCluster('hippo', args), preview);

const find = (resources: Registered[], name: string, type: RegExp): Registered => {
  const found = resources.find((resource) => resource.name === name && type.test(resource.type));
  assert.ok(found, `${name} (${type}) among ${resources.map((r) => `${r.type} ${r.name}`).join(', ')}`);
  return found;
};

describe('PostgresCluster', () => {
  it('makes one StatefulSet a member, a Service a role, and its own two resources', async () => {
    const resources = await cluster({ replicas: 2, remove: ['hippo-2'] });
    const sets = resources
      .filter(({ type }) => type === 'kubernetes:apps/v1:StatefulSet')
      .map(({ name }) => name);
    assert.deepEqual(sets.sort(), ['hippo-1', 'hippo-3', 'hippo-4', 'hippo-repo']);
    for (const service of ['primary', 'replica', 'any', 'members', 'config', 'sync', 'failover'])
      find(resources, `hippo-${service}`, /Service$/);
    find(resources, 'hippo-foundation', /Foundation/);
    find(resources, 'hippo-rollout', /Rollout/);
    find(resources, 'hippo', /PodDisruptionBudget/);
  });

  it('has no disruption budget when it has one member, which would block every drain', async () => {
    const resources = await cluster({ replicas: 0 });
    assert.ok(!resources.some(({ type }) => /PodDisruptionBudget/.test(type)));
  });

  it('an unknown image makes unknown what uses it, and nothing else', async () => {
    const resources = await cluster({ image: unknownText() }, true);
    const set = find(resources, 'hippo-1', /StatefulSet/).inputs as {
      metadata: { name: string };
      spec: object;
    };
    assert.equal(set.metadata.name, 'hippo-1');
    const text = JSON.stringify(set.spec);
    assert.ok(text.includes('"serviceName":"hippo-members"'));
    const service = find(resources, 'hippo-primary', /Service$/);
    assert.ok(!JSON.stringify(service.inputs).includes(UNKNOWN));
    const role = find(resources, 'hippo', /:Role$/);
    assert.ok(!JSON.stringify(role.inputs).includes(UNKNOWN));
  });

  it('a kubeconfig is a secret, also when the program has it in plain', async () => {
    await registered(async () => {
      const hippo = new PostgresCluster('hippo', { kubeconfig: 'credentials', repositories: [] });
      assert.ok(await pulumi.isSecret(hippo.connection.kubeconfig as pulumi.Output<string>));
    });
  });

  it('passwords are in one secret input and nowhere else', async () => {
    const resources = await cluster({
      superuserPassword: 'correct horse',
      users: [{ name: 'app', password: pulumi.secret('battery staple') }],
    });
    const holders = resources.filter(({ inputs }) =>
      /correct horse|battery staple/.test(JSON.stringify(inputs)),
    );
    assert.deepEqual(
      holders.map(({ name }) => name),
      ['hippo-foundation'],
    );
    const { passwords, ...rest } = holders[0]!.inputs;
    assert.ok(!/correct horse|battery staple/.test(JSON.stringify(rest)));
    assert.ok(JSON.stringify(passwords).includes('battery staple'));
  });
});
