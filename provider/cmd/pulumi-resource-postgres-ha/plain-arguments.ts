/**
 * The arguments of a component, with plain data where the component wants plain data. An SDK that has an
 * Output anywhere in a list may hand over the whole list as an Output: what is known in it is taken out.
 */
import * as pulumi from '@pulumi/pulumi';
import type { Resource, Schema, Type } from './package-schema';

export async function plainArguments(
  schema: Schema,
  resource: Resource,
  inputs: pulumi.Inputs,
): Promise<Record<string, unknown>> {
  return await properties(schema, resource.inputProperties, inputs, false);
}

async function properties(
  schema: Schema,
  types: Readonly<Record<string, Type>>,
  values: Record<string, unknown>,
  secret: boolean,
): Promise<Record<string, unknown>> {
  const entries = Object.entries(values).map(async ([key, value]) => {
    const type = types[key];
    return [key, type ? await argument(schema, type, value, secret) : value] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function argument(schema: Schema, type: Type, value: unknown, secret: boolean): Promise<unknown> {
  if (!type.plain) return secret ? pulumi.secret(value) : value;
  if (pulumi.Output.isInstance(value)) {
    // What is not known stays an Output: the component says which argument it is.
    if (!(await known(value))) return value;
    const hidden = secret || (await pulumi.isSecret(value));
    return await argument(schema, type, await resolved(value), hidden);
  }
  if (Array.isArray(value) && type.items)
    return await Promise.all(value.map((one) => argument(schema, type.items!, one, secret)));
  const of = type.$ref && schema.types[type.$ref.slice('#/types/'.length)]?.properties;
  if (of && typeof value === 'object' && value !== null)
    return await properties(schema, of, value as Record<string, unknown>, secret);
  return value;
}

/** Whether the whole of it is known. Not in the type declarations of an Output, but on every one (sdk/nodejs/output.ts). */
async function known(output: pulumi.Output<unknown>): Promise<boolean> {
  return await (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

async function resolved(output: pulumi.Output<unknown>): Promise<unknown> {
  return await (output as unknown as { promise(): Promise<unknown> }).promise();
}
