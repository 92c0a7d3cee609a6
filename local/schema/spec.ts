/** The forms of a Pulumi package schema (pulumi/pulumi pkg/codegen/schema/pulumi.json), as far as they are used here. */

export interface TypeSpec {
  readonly type?: 'string' | 'integer' | 'boolean' | 'array' | 'object';
  readonly items?: TypeSpec;
  readonly additionalProperties?: TypeSpec;
  readonly $ref?: string;
  /** It takes no Output. */
  readonly plain?: true;
}

export interface PropertySpec extends TypeSpec {
  readonly description: string;
  readonly secret?: true;
}

export type Properties = Readonly<Record<string, PropertySpec>>;

export interface ObjectSpec {
  readonly description: string;
  readonly type: 'object';
  readonly properties: Properties;
  readonly required?: readonly string[];
}

export interface EnumSpec {
  readonly description: string;
  readonly type: 'string';
  readonly enum: readonly { readonly name: string; readonly description: string; readonly value: string }[];
}

export interface ResourceSpec {
  readonly description: string;
  readonly isComponent?: true;
  readonly aliases?: readonly { readonly type: string }[];
  readonly properties: Properties;
  readonly required: readonly string[];
  readonly inputProperties: Properties;
  readonly requiredInputs?: readonly string[];
}

export interface FunctionSpec {
  readonly description: string;
  readonly inputs: ObjectSpec;
  readonly outputs: ObjectSpec;
}

export interface PackageSpec {
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly license: string;
  readonly meta: object;
  readonly language: Readonly<Record<string, object>>;
  readonly provider: { readonly description: string };
  readonly types: Readonly<Record<string, ObjectSpec | EnumSpec>>;
  readonly resources: Readonly<Record<string, ResourceSpec>>;
  readonly functions: Readonly<Record<string, FunctionSpec>>;
}
