/** Questions to a running cluster, for programs in other languages. */
import { plain, type Properties } from './properties';
import type { Schema } from './package-schema';

type Query = (args: Properties) => Promise<unknown>;

/** The answer, under the name that the schema gives it. */
export async function invoke(schema: Schema, token: string, args: Properties): Promise<Properties> {
  const [result] = Object.keys(schema.functions[token]?.outputs.properties ?? {});
  if (result === undefined)
    throw new Error(
      `The package postgres-ha has no function ${token}. Its functions: ${Object.keys(schema.functions).join(', ') || 'none'}.`,
    );
  const all = require('../../index') as Record<string, Query>;
  return { [result]: await all[token.split(':').at(-1)!]!(plain(args)) };
}
