/** The package's schema, as far as the plugin reads it; local/schema makes it of the TypeScript types. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Type {
  readonly type?: string;
  readonly items?: Type;
  readonly additionalProperties?: Type;
  readonly $ref?: string;
  readonly plain?: boolean;
}

export interface ObjectType {
  readonly type: string;
  readonly properties?: Readonly<Record<string, Type>>;
}

export interface Resource {
  readonly isComponent?: boolean;
  readonly properties: Readonly<Record<string, Type>>;
  readonly inputProperties: Readonly<Record<string, Type>>;
}

export interface Function {
  readonly outputs: { readonly properties: Readonly<Record<string, Type>> };
}

export interface Schema {
  readonly version: string;
  readonly types: Readonly<Record<string, ObjectType>>;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly functions: Readonly<Record<string, Function>>;
}

export function schemaText(): string {
  return readFileSync(join(__dirname, 'schema.json'), 'utf8');
}
