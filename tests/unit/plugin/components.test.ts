/** Components as the plugin makes them for programs in other languages. */
import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { servePlugin } from '../../../provider/actions/core/part';
import { construct } from '../../../provider/cmd/pulumi-resource-postgres-ha/components';
import { invoke } from '../../../provider/cmd/pulumi-resource-postgres-ha/functions';
import { schemaText, type Schema } from '../../../provider/cmd/pulumi-resource-postgres-ha/package-schema';
import { registered } from '../component/mocks';

const schema = JSON.parse(schemaText()) as Schema;
const type = 'postgres-ha:index:PostgresCluster';

describe('PostgresCluster by the plugin', () => {
  before(() => servePlugin('1.2.3'));
  after(() => servePlugin(undefined));

  it('has the resources of the plugin in place of dynamic ones, and gives the outputs of the schema', async () => {
    let state: pulumi.Inputs = {};
    const resources = await registered(async () => {
      ({ state } = await construct(schema, 'hippo', type, { replicas: 1 }, {}));
    });
    const types = new Set(resources.map((one) => one.type).filter((one) => /postgres-ha|dynamic/.test(one)));
    assert.deepEqual(
      [...types].sort(),
      ['Foundation', 'PostgresCluster', 'Rollout'].map((name) => `postgres-ha:index:${name}`),
    );
    assert.deepEqual(Object.keys(state), Object.keys(schema.resources[type]!.properties));
  });

  it('takes what is known out of lists that arrive as Outputs, and keeps what was secret in them', async () => {
    const users = pulumi.secret([{ name: 'app', password: 'battery staple' }]);
    const resources = await registered(async () => {
      await construct(schema, 'hippo', type, { users, replicas: pulumi.output(0) }, {});
    });
    const foundation = resources.find(({ name }) => name === 'hippo-foundation')!.inputs;
    assert.ok(JSON.stringify(foundation['passwords']).includes('battery staple'));
    const { passwords: _passwords, ...rest } = foundation;
    assert.ok(!JSON.stringify(rest).includes('battery staple'));
    assert.ok(
      resources.some(({ name }) => name === 'hippo-1') && !resources.some(({ name }) => name === 'hippo-2'),
    );
  });
});

describe('BackupBucket by the plugin', function () {
  this.timeout(30_000); // loads @pulumi/aws

  it('is made, and gives the outputs of the schema', async () => {
    let state: pulumi.Inputs = {};
    const bucket = 'postgres-ha:index:BackupBucket';
    const access = {
      type: 'irsa',
      serviceAccounts: [{ namespace: 'databases', name: 'hippo' }],
      oidcProviderArn:
        'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123ABCD',
    };
    const resources = await registered(async () => {
      ({ state } = await construct(schema, 'backups', bucket, { access }, {}));
    });
    assert.ok(resources.some(({ type: one }) => one.endsWith(':RolePolicy')));
    assert.deepEqual(Object.keys(state), Object.keys(schema.resources[bucket]!.properties));
  });
});

describe('a function of the plugin', () => {
  const token = 'postgres-ha:index:getMembers';

  it('is the one that TypeScript has, with its answer under a name', async () => {
    assert.deepEqual(Object.keys(schema.functions[token]!.outputs.properties), ['members']);
    const args = { cluster: 'hippo', namespace: 'ns', kubeconfig: '/nowhere/kubeconfig' };
    await assert.rejects(invoke(schema, token, args), /\/nowhere\/kubeconfig/);
  });

  it('is named when there is another', async () => {
    await assert.rejects(invoke(schema, 'postgres-ha:index:getAll', {}), /no function .*getAll.*getMembers/);
  });
});
