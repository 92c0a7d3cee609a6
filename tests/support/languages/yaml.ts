/** A program in YAML, as far as examples/yaml goes, by the resources' tokens: its language host is no Go module and no package. */
import * as pulumi from '@pulumi/pulumi';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { PackageSpec } from '../../../local/schema/spec';

interface Program {
  readonly config?: Readonly<Record<string, { readonly default?: string }>>;
  readonly resources: Readonly<Record<string, { readonly type: string; readonly properties: object }>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** The inline program; `change` is put over the properties of its resources, and a resource of another name is one more cluster. */
export function yamlProgram(
  file: string,
  schema: PackageSpec,
  change: Readonly<Record<string, object>> = {},
) {
  const program = parse(readFileSync(file, 'utf8')) as Program;
  return async (): Promise<Record<string, unknown>> => {
    const config = new pulumi.Config();
    const known: Record<string, unknown> = {};
    for (const [name, { default: value }] of Object.entries(program.config ?? {}))
      known[name] = config.get(name) ?? value;
    const more = Object.keys(change).filter((name) => !(name in program.resources));
    const clusters = more.map(
      (name) => [name, { type: 'postgres-ha:PostgresCluster', properties: {} }] as const,
    );
    for (const [name, { type, properties }] of [...Object.entries(program.resources), ...clusters]) {
      const token = type.replace(/^(postgres-ha):(\w+)$/, '$1:index:$2');
      known[name] = made(
        schema,
        token,
        name,
        filled({ ...properties, ...change[name] }, known) as pulumi.Inputs,
      );
    }
    return filled(program.outputs ?? {}, known) as Record<string, unknown>;
  };
}

function made(schema: PackageSpec, token: string, name: string, properties: pulumi.Inputs): pulumi.Resource {
  const resource = schema.resources[token];
  if (!resource) throw new Error(`${name}: there is no ${token} in the schema`);
  const unknown = Object.keys(properties).find((key) => !(key in resource.inputProperties));
  if (unknown) throw new Error(`${name}: ${token} has no property ${unknown}`);
  const outputs = Object.fromEntries(Object.keys(resource.properties).map((key) => [key, undefined]));
  const all = { ...outputs, ...properties };
  return resource.isComponent
    ? new pulumi.ComponentResource(token, name, all, {}, true)
    : new Custom(token, name, all);
}

class Custom extends pulumi.CustomResource {}

/** With `${name}` and `${name.output}` in their places. */
function filled(value: unknown, known: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((one) => filled(one, known));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, known)]));
  const found = typeof value === 'string' ? /^\$\{(\w+)(?:\.(\w+))?\}$/.exec(value) : null;
  if (!found) return value;
  const of = known[found[1]!];
  return found[2] === undefined ? of : (of as Record<string, unknown>)[found[2]];
}
