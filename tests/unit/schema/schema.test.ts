/** The schema of the Pulumi package: that it is not stale is checked by the lint. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { installed } from '../../../provider/cmd/pulumi-resource-postgres-ha/actions';
import { packageSchema } from '../../../local/schema/schema';
import { argumentSpec, outputSpec } from '../../../local/schema/types';

const root = join(__dirname, '../../..');

function typeOf(text: string): ts.TypeNode {
  const file = ts.createSourceFile('a.ts', `type A = ${text};`, ts.ScriptTarget.ES2023, true);
  return (file.statements[0] as ts.TypeAliasDeclaration).type;
}
const known = {
  token: (name: string) => (/^(UserArgs|Mode)$/.test(name) ? `postgres-ha:index:${name}` : undefined),
};
const user = { $ref: '#/types/postgres-ha:index:UserArgs' };
const text = { type: 'string' };

describe('the type of an argument in the schema', () => {
  const plain = true;
  const cases: [string, object][] = [
    ['string', { ...text, plain }],
    ['pulumi.Input<string>', text],
    ['Input<number>', { type: 'integer' }],
    ['boolean', { type: 'boolean', plain }],
    ['readonly Input<string>[]', { type: 'array', items: text, plain }],
    ['string[]', { type: 'array', items: { ...text, plain }, plain }],
    ['UserArgs[]', { type: 'array', items: { ...user, plain }, plain }],
    ['Input<Input<UserArgs>[]>', { type: 'array', items: user }],
    ['Input<Mode>', { $ref: '#/types/postgres-ha:index:Mode' }],
    ['Input<{ [name: string]: Input<string> }>', { type: 'object', additionalProperties: text }],
    ['Input<Record<string, Input<string>>>', { type: 'object', additionalProperties: text }],
    ['ClusterComponent | Input<string>', text],
  ];
  for (const [given, expected] of cases)
    it(given, () => {
      assert.deepEqual(argumentSpec(typeOf(given), known), expected);
    });

  for (const given of ["'a' | 'b'", 'Date', '{ a: string }', 'string | number'])
    it(`${given} can't be in it`, () => {
      assert.throws(() => argumentSpec(typeOf(given), known), /can't be in a Pulumi schema/);
    });

  it('an output has nothing plain', () => {
    assert.deepEqual(outputSpec(typeOf('pulumi.Output<string[]>'), known), { type: 'array', items: text });
  });
});

describe('the schema of the package', () => {
  const schema = packageSchema(root);
  const resources = Object.entries(schema.resources);

  it('describes everything in it', () => {
    const described = (where: string, description: string) => assert.ok(description.length > 0, where);
    for (const [name, { description, properties, inputProperties }] of resources) {
      described(name, description);
      for (const [key, one] of Object.entries({ ...properties, ...inputProperties }))
        described(`${name}.${key}`, one.description);
    }
    for (const [name, type] of Object.entries(schema.types)) {
      described(name, type.description);
      if (type.type === 'object')
        for (const [key, one] of Object.entries(type.properties))
          described(`${name}.${key}`, one.description);
      else for (const one of type.enum) described(`${name}.${one.value}`, one.description);
    }
  });

  it('has an example for each resource', () => {
    const folder = join(root, 'provider/cmd/pulumi-resource-postgres-ha/examples');
    for (const [name] of resources) {
      const file = join(folder, `${name.split(':')[2]}.md`);
      assert.ok(existsSync(file), `write ${file}, as those beside it, and run npm run schema`);
    }
  });

  it('has a provider in the plugin for each resource that is no component', () => {
    const custom = resources.filter(([, { isComponent }]) => !isComponent).map(([name]) => name);
    const find = installed(custom);
    for (const name of custom) assert.equal(typeof find(name).check, 'function', name);
  });

  it('gives no type the name of a resource, which some languages could not tell apart', () => {
    for (const [name] of resources) assert.equal(schema.types[name], undefined, name);
  });

  it('marks what is secret, and what must be known in a preview', () => {
    const secrets = Object.entries(schema.types).flatMap(([name, type]) =>
      type.type === 'object'
        ? Object.keys(type.properties)
            .filter((key) => type.properties[key]!.secret)
            .map((key) => `${name.split(':')[2]}.${key}`)
        : [],
    );
    assert.deepEqual(secrets, ['Repository.key', 'Repository.keySecret', 'User.password']);
    const { inputProperties } = schema.resources['postgres-ha:index:PostgresCluster']!;
    const where = (mark: 'secret' | 'plain') =>
      Object.keys(inputProperties).filter((key) => inputProperties[key]![mark]);
    assert.deepEqual(where('secret'), ['superuserPassword', 'kubeconfig']);
    for (const key of ['replicas', 'remove', 'users', 'databases', 'repositories'])
      assert.ok(where('plain').includes(key));
    assert.ok(!where('plain').includes('image'));
  });
});
