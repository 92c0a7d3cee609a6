/** Components that the plugin makes for programs in other languages. */
import type * as pulumi from '@pulumi/pulumi';
import type { ConstructResult } from '@pulumi/pulumi/provider';
import { plainArguments } from './plain-arguments';
import type { Schema } from './package-schema';

type Component = new (
  name: string,
  args: never,
  opts: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;

/** Makes a component of the package and hands back its outputs: those that are in the schema. */
export async function construct(
  schema: Schema,
  name: string,
  type: string,
  inputs: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> {
  const resource = schema.resources[type];
  if (!resource?.isComponent) throw new Error(`The package postgres-ha has no component ${type}.`);
  // Loaded when it is needed: most calls are not about components.
  const all = require('../../index') as Record<string, Component>;
  const component = all[type.split(':').at(-1)!]!;
  const args = await plainArguments(schema, resource, inputs);
  const made = new component(name, args as never, options);
  const outputs = made as unknown as Record<string, pulumi.Input<unknown>>;
  return {
    urn: made.urn,
    state: Object.fromEntries(Object.keys(resource.properties).map((key) => [key, outputs[key]])),
  };
}
