/** Everything that provider/index.ts makes public has a doc comment: it becomes the schema's description. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import ts from 'typescript';
import { parsed } from './imports';
import type { Problem } from './problem';
import { publicFiles } from './public-files';

export function docProblems(root: string): Problem[] {
  return publicFiles(root).flatMap((path) => {
    const name = relative(root, path).replaceAll('\\', '/');
    return undocumented(parsed(name, readFileSync(path, 'utf8'))).map(({ line, what }) => ({
      file: name,
      line,
      rule: 'docs-present',
      message: `${what} has no doc comment: say in /** … */ what it means, what is allowed and its default`,
    }));
  });
}

export function undocumented(file: ts.SourceFile): { line: number; what: string }[] {
  const found: { line: number; what: string }[] = [];
  const need = (node: ts.Node, documented: ts.Node, what: string): void => {
    if (ts.getJSDocCommentsAndTags(documented).some(ts.isJSDoc)) return;
    found.push({ line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, what });
  };
  const declared = new Set<string>();
  for (const statement of file.statements) {
    if (!isExported(statement)) continue;
    for (const { node, name } of namesOf(statement)) {
      // An `as const` enum is a value and a type of one name: the comment stands on the value.
      if (!(declared.has(name) && ts.isTypeAliasDeclaration(statement))) need(node, statement, name);
      declared.add(name);
      for (const member of membersOf(statement)) need(member.node, member.node, `${name}.${member.name}`);
    }
  }
  return found;
}

function isExported(node: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(node) && !!ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)
  );
}

function namesOf(statement: ts.Statement): { node: ts.Node; name: string }[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map((node) => ({ node, name: node.name.getText() }));
  const named =
    ts.isInterfaceDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return named && statement.name ? [{ node: statement, name: statement.name.text }] : [];
}

function membersOf(statement: ts.Statement): { node: ts.Node; name: string }[] {
  if (ts.isInterfaceDeclaration(statement))
    return statement.members.flatMap((node) => (node.name ? [{ node, name: node.name.getText() }] : []));
  if (ts.isClassDeclaration(statement))
    return statement.members
      .filter((node) => ts.isPropertyDeclaration(node) && !isHidden(node))
      .map((node) => ({ node, name: node.name?.getText() ?? '' }));
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ initializer }) => {
    if (!initializer || !ts.isAsExpression(initializer)) return [];
    if (!ts.isObjectLiteralExpression(initializer.expression)) return [];
    return initializer.expression.properties.map((node) => ({ node, name: node.name?.getText() ?? '' }));
  });
}

function isHidden(node: ts.ClassElement): boolean {
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  return ts.canHaveModifiers(node) && !!ts.getModifiers(node)?.some((m) => hidden.includes(m.kind));
}
