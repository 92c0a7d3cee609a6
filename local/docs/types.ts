/** The type of an argument in words, for people who may write in any language. */
import ts from 'typescript';

export interface Words {
  readonly text: string;
  /** The names of other declarations in it. */
  readonly named: readonly string[];
}

/** `plain` stands where an argument takes no Output, since it decides which resources exist. */
export function argumentType(type: ts.TypeNode, isObject: (name: string) => boolean): Words {
  const words = inWords(type);
  if (wrapped(type, 'Input') !== type || wrapped(type, 'Output') !== type) return words;
  // An object is given as such in any case; each of its own arguments says what it takes.
  if (ts.isTypeReferenceNode(type) && isObject(type.typeName.getText())) return words;
  const list = ts.isArrayTypeNode(type) && words.named.some(isObject);
  return { ...words, text: `${words.text}, ${list ? 'the list itself plain' : 'plain'}` };
}

/** The type of an output: whatever is in it comes as an Output. */
export function outputType(type: ts.TypeNode): Words {
  return inWords(wrapped(type, 'Output'));
}

function inWords(given: ts.TypeNode): Words {
  const type = wrapped(wrapped(given, 'Input'), 'Output');
  if (ts.isArrayTypeNode(type)) return prefixed('list of ', inWords(type.elementType));
  if (ts.isTypeOperatorNode(type) && type.operator === ts.SyntaxKind.ReadonlyKeyword)
    return inWords(type.type);
  if (ts.isParenthesizedTypeNode(type)) return inWords(type.type);
  if (ts.isUnionTypeNode(type)) {
    const parts = type.types.map(inWords);
    return { text: parts.map(({ text }) => text).join(' or '), named: parts.flatMap(({ named }) => named) };
  }
  if (ts.isTypeLiteralNode(type)) {
    const [index] = type.members.filter(ts.isIndexSignatureDeclaration);
    if (index) return prefixed(`map of ${index.parameters[0]!.name.getText()} to `, inWords(index.type));
  }
  if (ts.isTypeReferenceNode(type)) {
    const name = type.typeName.getText().split('.').at(-1)!;
    const [key, value] = type.typeArguments ?? [];
    if (name === 'Record' && key && value) return prefixed(`map of ${inWords(key).text} to `, inWords(value));
    return { text: `[${name}](#${name.toLowerCase()})`, named: [name] };
  }
  return { text: type.getText(), named: [] };
}

function prefixed(prefix: string, { text, named }: Words): Words {
  return { text: prefix + text, named };
}

/** What is in `Input<…>` or `Output<…>`; the type itself if it is neither. */
function wrapped(type: ts.TypeNode, wrapper: string): ts.TypeNode {
  if (!ts.isTypeReferenceNode(type)) return type;
  const name = type.typeName.getText().split('.').at(-1);
  return name === wrapper && type.typeArguments?.[0] ? type.typeArguments[0] : type;
}
