/** The files whose declarations are public: what provider/index.ts re-exports, in turn. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { parsed } from './imports';

export function publicFiles(root: string): string[] {
  const found = new Set<string>();
  const queue = [join(root, 'provider', 'index.ts')];
  for (let path = queue.shift(); path; path = queue.shift()) {
    if (found.has(path) || !existsSync(path)) continue;
    found.add(path);
    for (const statement of parsed(path, readFileSync(path, 'utf8')).statements) {
      if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) continue;
      const module = statement.moduleSpecifier;
      if (!ts.isStringLiteral(module) || !module.text.startsWith('.')) continue;
      const target = join(dirname(path), module.text);
      queue.push(existsSync(`${target}.ts`) ? `${target}.ts` : join(target, 'index.ts'));
    }
  }
  return [...found];
}
