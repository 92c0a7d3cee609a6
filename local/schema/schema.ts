/**
 * The schema of the Pulumi package, made of the TypeScript types and their doc comments: what
 * provider/index.ts exports is in it. A "(secret)" in a doc comment marks an argument as such.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  membersOf,
  publicDeclarations,
  type Declaration,
  type Declarations,
  type Member,
  type Query,
  type Resource,
} from '../docs/declarations';
import type { Problem } from '../lint/problem';
import { languages } from './languages';
import { descriptionsOfActions, ofActions, onlyInTypeScript } from './other-languages';
import type {
  EnumSpec,
  FunctionSpec,
  ObjectSpec,
  PackageSpec,
  Properties,
  PropertySpec,
  ResourceSpec,
} from './spec';
import { argumentSpec, outputSpec, referred, type Known } from './types';

export const schemaFile = 'provider/cmd/pulumi-resource-postgres-ha/schema.json';
export const schemaCommand = 'npm run schema';
const examples = 'provider/cmd/pulumi-resource-postgres-ha/examples';

export function packageSchema(root: string): PackageSpec {
  const { version, description, keywords, license } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as { version: string; description: string; keywords: string[]; license: string };
  const declarations = publicDeclarations(root);
  const resources = declarations.resources.map((one): [string, ResourceSpec] => {
    const made = resource(one, declarations, declarations.everyAction!.members);
    return [token(one.name), { ...made, description: one.doc + exampleOf(root, one.name) }];
  });
  const functions = declarations.queries.map((one): [string, FunctionSpec] => [
    token(one.name),
    query(one, declarations),
  ]);
  return {
    name: 'postgres-ha',
    displayName: 'PostgreSQL HA',
    version,
    description,
    keywords: [...keywords, 'category/database', 'kind/native'],
    license,
    meta: { supportPack: true },
    language: languages(version),
    provider: {
      description:
        'The provider of this package. It has no settings: each resource says which cluster it is about.',
    },
    types: types(
      [
        ...resources.flatMap(([, one]) => [one.properties, one.inputProperties]),
        ...functions.map(([, one]) => one.outputs.properties),
      ],
      declarations,
    ),
    resources: Object.fromEntries(resources),
    functions: Object.fromEntries(functions),
  };
}

export function schemaText(spec: PackageSpec): string {
  return `${JSON.stringify(spec, null, 2)}\n`;
}

function resource(one: Resource, all: Declarations, ofAction: readonly Member[]): ResourceSpec {
  const declarations = { ...all, interfaces: new Map([...all.interfaces, ...one.own]) };
  const members = membersOf(declarations.interfaces.get(one.args), declarations.interfaces);
  if (one.extended.includes('pulumi.ComponentResource')) {
    const given = arguments_(one.args, members, declarations);
    const left = onlyInTypeScript[one.name] ?? [];
    const properties = outputs(
      one.members.filter(({ name }) => !left.includes(name)),
      declarations,
    );
    return {
      description: '',
      isComponent: true,
      ...withOutputs(properties, Object.keys(properties)),
      ...given,
    };
  }
  const given = arguments_(one.args, members, declarations);
  const inputProperties = Object.fromEntries(
    Object.entries(given.inputProperties).map(([name, property]): [string, PropertySpec] => {
      const description = ofActions[name]?.description ?? descriptionsOfActions[name];
      return [name, described(property, description ?? property.description)];
    }),
  );
  const required = new Set([...(given.requiredInputs ?? []), ...Object.keys(ofActions)]);
  const requiredInputs = Object.keys(inputProperties).filter((name) => required.has(name));
  const computed = outputs(ofAction, declarations);
  return {
    description: '',
    // The dynamic resource of a TypeScript program becomes this one without doing anything again.
    aliases: [{ type: `pulumi-nodejs:dynamic/postgres-ha:${one.name}` }],
    ...withOutputs({ ...inputProperties, ...computed }, [...requiredInputs, ...Object.keys(computed)]),
    inputProperties,
    requiredInputs,
  };
}

/** In other languages a function gives an object: `members` is the list that `getMembers` gives. */
function query({ name, doc, args, type }: Query, declarations: Declarations): FunctionSpec {
  const members = membersOf(declarations.interfaces.get(args), declarations.interfaces);
  const result = name.replace(/^get(.)/, (_get, first: string) => first.toLowerCase());
  const answer = told(name, () => outputSpec(type, knownIn(declarations)));
  return {
    description: doc,
    inputs: {
      description: declarations.interfaces.get(args)!.doc,
      type: 'object',
      properties: outputs(members, declarations),
      required: members.filter(({ optional }) => !optional).map((one) => one.name),
    },
    outputs: {
      description: `What ${name} tells.`,
      type: 'object',
      properties: { [result]: { ...answer, description: doc } },
      required: [result],
    },
  };
}

function withOutputs(properties: Properties, required: readonly string[]) {
  return { properties, required };
}

function described(property: PropertySpec, description: string): PropertySpec {
  const secret = /\(secret\)/.test(description) ? { secret: true as const } : {};
  return { ...property, description, ...secret };
}

function arguments_(name: string, members: readonly Member[], declarations: Declarations) {
  const known = knownIn(declarations);
  const inputProperties = Object.fromEntries(
    members.map((member): [string, PropertySpec] => [
      member.name,
      told(`${name}.${member.name}`, () =>
        described({ ...argumentSpec(member.type!, known), description: '' }, member.doc),
      ),
    ]),
  );
  const requiredInputs = members.filter(({ optional }) => !optional).map((member) => member.name);
  return { inputProperties, ...(requiredInputs.length > 0 ? { requiredInputs } : {}) };
}

function outputs(members: readonly Member[], declarations: Declarations): Properties {
  const known = knownIn(declarations);
  return Object.fromEntries(
    members.map(({ name, type, doc }) => [
      name,
      told(`output ${name}`, () => described({ ...outputSpec(type!, known), description: '' }, doc)),
    ]),
  );
}

/** Codegen puts `Args` behind the names of inputs itself, so they are without; an enum that would then be called the same is a `…Type`. */
function knownIn({ interfaces, enums }: Declarations): Known {
  return {
    token(name) {
      if (enums.has(name)) return token(interfaces.has(`${name}Args`) ? `${name}Type` : name);
      return interfaces.has(name) ? token(name.replace(/Args$/, '')) : undefined;
    },
  };
}

function token(name: string): string {
  return `postgres-ha:index:${name}`;
}

function told<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The types that these lead to, sorted by name. */
function types(properties: readonly Properties[], declarations: Declarations): PackageSpec['types'] {
  const known = knownIn(declarations);
  const named = new Map(
    [...declarations.interfaces.values(), ...declarations.enums.values()].map((one) => [
      known.token(one.name)!,
      one,
    ]),
  );
  const found: Record<string, ObjectSpec | EnumSpec> = {};
  const queue = properties.flatMap(referredIn);
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (found[next]) continue;
    const made = type(named.get(next)!, declarations);
    found[next] = made;
    if (made.type === 'object') queue.push(...referredIn(made.properties));
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => a.localeCompare(b)));
}

function referredIn(properties: Properties): string[] {
  return Object.values(properties).flatMap(referred);
}

function type(declaration: Declaration, declarations: Declarations): ObjectSpec | EnumSpec {
  if (declarations.enums.get(declaration.name) === declaration)
    return {
      description: declaration.doc,
      type: 'string',
      enum: declaration.members.map(({ name, key, doc }) => ({
        name: capital(key ?? name),
        description: doc,
        value: name,
      })),
    };
  const members = membersOf(declaration, declarations.interfaces);
  const { inputProperties, requiredInputs } = arguments_(declaration.name, members, declarations);
  return {
    description: declaration.doc,
    type: 'object',
    properties: inputProperties,
    ...(requiredInputs ? { required: requiredInputs } : {}),
  };
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Programs in the description of a resource, in the form that Pulumi's documentation takes apart. */
function exampleOf(root: string, name: string): string {
  const path = join(root, examples, `${name}.md`);
  if (!existsSync(path)) return '';
  const text = readFileSync(path, 'utf8').trim();
  return `\n\n{{% examples %}}\n## Example Usage\n\n{{% example %}}\n${text}\n{{% /example %}}\n{{% /examples %}}`;
}

/** A schema that nobody has made anew. */
export function staleSchema(root: string): Problem[] {
  const found = existsSync(join(root, schemaFile)) ? readFileSync(join(root, schemaFile), 'utf8') : '';
  if (found === schemaText(packageSchema(root))) return [];
  return [
    {
      file: schemaFile,
      line: 1,
      rule: 'stale-schema',
      message: `the schema is not what the types say: run \`${schemaCommand}\``,
    },
  ];
}
