/** What is public, read from the source: components and actions, the types of their arguments, enums; each with its doc comment. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { parsed } from '../lint/imports';
import { publicFiles } from '../lint/public-files';

/** An argument, an output or a value. */
export interface Member {
  readonly name: string;
  readonly doc: string;
  readonly optional: boolean;
  readonly type?: ts.TypeNode;
}

export interface Declaration {
  readonly name: string;
  readonly doc: string;
  readonly members: readonly Member[];
  /** Interfaces that it extends. */
  readonly extended: readonly string[];
}

/** A class that a program makes with `new`: `members` are its outputs. */
export interface Resource extends Declaration {
  /** The type of its arguments. */
  readonly args: string;
  /** Interfaces of its own file: they come before others of the same name. */
  readonly own: ReadonlyMap<string, Declaration>;
}

export interface Declarations {
  readonly resources: readonly Resource[];
  readonly interfaces: ReadonlyMap<string, Declaration>;
  /** Members are the values as they are written in a program, without their names. */
  readonly enums: ReadonlyMap<string, Declaration>;
}

export function publicDeclarations(root: string): Declarations {
  return declarationsOf(publicFiles(root).map((file) => parsed(file, readFileSync(file, 'utf8'))));
}

export function declarationsOf(files: readonly ts.SourceFile[]): Declarations {
  const resources: Resource[] = [];
  const interfaces = new Map<string, Declaration>();
  const enums = new Map<string, Declaration>();
  for (const file of files) {
    const own = new Map(
      file.statements.filter(ts.isInterfaceDeclaration).map((node) => [node.name.text, interfaceOf(node)]),
    );
    // Those beside a class are first of all that class's: another file's of the same name is meant elsewhere.
    const shared = !file.statements.some(ts.isClassDeclaration);
    for (const [name, found] of own) if (shared || !interfaces.has(name)) interfaces.set(name, found);
    for (const statement of file.statements) {
      if (ts.isVariableStatement(statement))
        for (const found of enumsOf(statement)) enums.set(found.name, found);
      if (ts.isClassDeclaration(statement)) resources.push(...resourceOf(statement, own));
    }
  }
  return { resources, interfaces, enums };
}

function interfaceOf(node: ts.InterfaceDeclaration): Declaration {
  const extended = (node.heritageClauses ?? []).flatMap((clause) =>
    clause.types.map((type) => type.expression.getText()),
  );
  const members = node.members.filter(ts.isPropertySignature).map(memberOf);
  return { name: node.name.text, doc: docOf(node), members, extended };
}

/** `export const X = { … } as const`: an enum that Pulumi's schema can carry (docs/decisions/arguments.md). */
function enumsOf(statement: ts.VariableStatement): Declaration[] {
  return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
    if (!initializer || !ts.isAsExpression(initializer)) return [];
    if (!ts.isObjectLiteralExpression(initializer.expression)) return [];
    const members = initializer.expression.properties.filter(ts.isPropertyAssignment).map((property) => {
      const value = property.initializer;
      return {
        name: ts.isStringLiteral(value) ? value.text : value.getText(),
        doc: docOf(property),
        optional: true,
      };
    });
    return [{ name: name.getText(), doc: docOf(statement), members, extended: [] }];
  });
}

/** A class whose constructor takes a name and arguments. */
function resourceOf(node: ts.ClassDeclaration, own: ReadonlyMap<string, Declaration>): Resource[] {
  const parameter = node.members.find(ts.isConstructorDeclaration)?.parameters[1];
  if (!node.name || !parameter?.type || !ts.isTypeReferenceNode(parameter.type)) return [];
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  const members = node.members
    .filter(ts.isPropertyDeclaration)
    .filter((property) => !property.modifiers?.some(({ kind }) => hidden.includes(kind)))
    .map(memberOf);
  const args = parameter.type.typeName.getText();
  return [{ name: node.name.text, doc: docOf(node), members, extended: [], args, own }];
}

function memberOf(node: ts.PropertySignature | ts.PropertyDeclaration): Member {
  return { name: node.name.getText(), doc: docOf(node), optional: !!node.questionToken, type: node.type };
}

/** The text of the doc comment, on one line. */
function docOf(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment;
  return (ts.getTextOfJSDocComment(comment) ?? '').replace(/\s+/g, ' ').trim();
}
