/** The type of an argument or output, as Pulumi's schema writes it. */
import ts from 'typescript';
import type { TypeSpec } from './spec';

/** The types that there are, by their names in TypeScript. */
export interface Known {
  /** Token of an interface or enum in the schema; undefined when there is none of the name. */
  token(name: string): string | undefined;
}

/** Of an argument: what is not in `Input<…>` is plain. Numbers are whole throughout (docs/decisions/arguments.md). */
export function argumentSpec(type: ts.TypeNode, known: Known): TypeSpec {
  return spec(type, known, true);
}

/** Of an output. */
export function outputSpec(type: ts.TypeNode, known: Known): TypeSpec {
  return spec(type, known, false);
}

/** Tokens of the types that it refers to. */
export function referred({ $ref, items, additionalProperties }: TypeSpec): string[] {
  const inner = [items, additionalProperties].flatMap((one) => (one ? referred(one) : []));
  return $ref ? [$ref.slice('#/types/'.length), ...inner] : inner;
}

function spec(type: ts.TypeNode, known: Known, mayBePlain: boolean): TypeSpec {
  if (ts.isParenthesizedTypeNode(type)) return spec(type.type, known, mayBePlain);
  if (ts.isTypeOperatorNode(type) && type.operator === ts.SyntaxKind.ReadonlyKeyword)
    return spec(type.type, known, mayBePlain);
  const inner = insideOf(type);
  if (inner) return spec(inner, known, false);
  const plain = mayBePlain ? { plain: true as const } : {};
  switch (type.kind) {
    case ts.SyntaxKind.StringKeyword:
      return { type: 'string', ...plain };
    case ts.SyntaxKind.NumberKeyword:
      return { type: 'integer', ...plain };
    case ts.SyntaxKind.BooleanKeyword:
      return { type: 'boolean', ...plain };
  }
  if (ts.isArrayTypeNode(type))
    return { type: 'array', items: spec(type.elementType, known, mayBePlain), ...plain };
  const value = valueOf(type);
  if (value) return { type: 'object', additionalProperties: spec(value, known, mayBePlain), ...plain };
  if (ts.isUnionTypeNode(type)) {
    const parts = type.types.filter((part) => !inProgramOnly(part));
    if (parts.length === 1) return spec(parts[0]!, known, mayBePlain);
  }
  if (ts.isTypeReferenceNode(type)) {
    const token = known.token(type.typeName.getText());
    if (token) return { $ref: `#/types/${token}`, ...plain };
  }
  throw new Error(
    `${type.getText()} can't be in a Pulumi schema: use interfaces, \`as const\` enums, lists and maps (docs/decisions/arguments.md)`,
  );
}

/** What is in `Input<…>` or `Output<…>`. */
function insideOf(type: ts.TypeNode): ts.TypeNode | undefined {
  if (!ts.isTypeReferenceNode(type)) return undefined;
  const name = type.typeName.getText().split('.').at(-1)!;
  return ['Input', 'Output'].includes(name) ? type.typeArguments?.[0] : undefined;
}

/** The values of a map from strings. */
function valueOf(type: ts.TypeNode): ts.TypeNode | undefined {
  if (ts.isTypeReferenceNode(type) && type.typeName.getText() === 'Record') return type.typeArguments?.[1];
  if (!ts.isTypeLiteralNode(type) || type.members.length !== 1) return undefined;
  const [index] = type.members.filter(ts.isIndexSignatureDeclaration);
  return index?.type;
}

/** A component as an argument: only the language that it is written in has such an object. */
function inProgramOnly(type: ts.TypeNode): boolean {
  return ts.isTypeReferenceNode(type) && type.typeName.getText() === 'ClusterComponent';
}
