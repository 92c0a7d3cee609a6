/** What is public, read from the source: components and actions, the types of their arguments, enums; each with its doc comment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { parsed } from '../lint/imports';
import { publicFiles } from '../lint/public-files';

/** An argument, an output or a value. */
export interface Member {
  readonly name: string;
  /** Of an enum's value: its name in a program. */
  readonly key?: string;
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

/** A class that a program makes with `new`: `members` are its outputs, `extended` is its base class. */
export interface Resource extends Declaration {
  /** The type of its arguments. */
  readonly args: string;
  /** Interfaces of its own file: they come before others of the same name. */
  readonly own: ReadonlyMap<string, Declaration>;
}

/** A function of the package that a program calls with arguments of the type `args`: a question to a cluster. */
export interface Query {
  readonly name: string;
  readonly doc: string;
  readonly args: string;
  /** What it promises. */
  readonly type: ts.TypeNode;
}

export interface Declarations {
  readonly resources: readonly Resource[];
  readonly queries: readonly Query[];
  /** What all actions that run once give. */
  readonly everyAction?: Declaration;
  readonly interfaces: ReadonlyMap<string, Declaration>;
  /** Members are the values as they are written in a program, without their names. */
  readonly enums: ReadonlyMap<string, Declaration>;
}

export function publicDeclarations(root: string): Declarations {
  const files = publicFiles(root).map((file) => parsed(file, readFileSync(file, 'utf8')));
  const declarations = declarationsOf(files);
  // A file may have functions for others of ours, too.
  const exported = exportedNames(files[0]!);
  const queries = declarations.queries.filter(({ name }) => exported.includes(name));
  return { ...declarations, queries, everyAction: everyAction(root) };
}

/** Their base class, which programs do not see. */
function everyAction(root: string): Declaration {
  const path = join(root, 'provider', 'actions', 'core', 'resource.ts');
  const [base] = parsed(path, readFileSync(path, 'utf8')).statements.filter(ts.isClassDeclaration);
  return { name: base!.name!.text, doc: docOf(base!), members: outputsOf(base!), extended: [] };
}

function exportedNames(index: ts.SourceFile): string[] {
  return index.statements.filter(ts.isExportDeclaration).flatMap(({ exportClause }) => {
    if (!exportClause || !ts.isNamedExports(exportClause)) return [];
    return exportClause.elements.map(({ name }) => name.text);
  });
}

export function declarationsOf(files: readonly ts.SourceFile[]): Declarations {
  const resources: Resource[] = [];
  const interfaces = new Map<string, Declaration>();
  const enums = new Map<string, Declaration>();
  const queries: Query[] = [];
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
      if (ts.isFunctionDeclaration(statement)) queries.push(...queryOf(statement));
    }
  }
  return { resources, queries, interfaces, enums };
}

function interfaceOf(node: ts.InterfaceDeclaration): Declaration {
  const members = node.members.filter(ts.isPropertySignature).map(memberOf);
  return { name: node.name.text, doc: docOf(node), members, extended: extendedBy(node) };
}

function extendedBy(node: ts.InterfaceDeclaration | ts.ClassDeclaration): string[] {
  return (node.heritageClauses ?? []).flatMap((clause) =>
    clause.types.map((type) => type.expression.getText()),
  );
}

/** Its own arguments, after those of what it extends. */
export function membersOf(
  declaration: Declaration | undefined,
  interfaces: ReadonlyMap<string, Declaration>,
): Member[] {
  if (!declaration) return [];
  const inherited = declaration.extended.flatMap((name) => membersOf(interfaces.get(name), interfaces));
  return [...inherited, ...declaration.members];
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
        key: property.name.getText(),
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
  const args = parameter.type.typeName.getText();
  const extended = extendedBy(node);
  return [{ name: node.name.text, doc: docOf(node), members: outputsOf(node), extended, args, own }];
}

/** What a class lets others read. */
function outputsOf(node: ts.ClassDeclaration): Member[] {
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  return node.members
    .filter(ts.isPropertyDeclaration)
    .filter((property) => !property.modifiers?.some(({ kind }) => hidden.includes(kind)))
    .map(memberOf);
}

/** A function that takes one object of arguments and promises something. */
function queryOf(node: ts.FunctionDeclaration): Query[] {
  const { name, parameters, type } = node;
  const [args, ...others] = parameters.map((parameter) => parameter.type);
  if (!name || !args || !ts.isTypeReferenceNode(args) || others.length > 0) return [];
  if (!type || !ts.isTypeReferenceNode(type) || type.typeName.getText() !== 'Promise') return [];
  return [
    { name: name.text, doc: docOf(node), args: args.typeName.getText(), type: type.typeArguments![0]! },
  ];
}

function memberOf(node: ts.PropertySignature | ts.PropertyDeclaration): Member {
  return { name: node.name.getText(), doc: docOf(node), optional: !!node.questionToken, type: node.type };
}

/** The text of the doc comment, on one line. */
function docOf(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment;
  return (ts.getTextOfJSDocComment(comment) ?? '').replace(/\s+/g, ' ').trim();
}
