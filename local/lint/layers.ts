/**
 * Which part of provider/ may import which: one table. A type import is erased by the
 * compiler, so it binds nothing and is always allowed; so are the shared vocabulary files.
 */
import { dirname, posix } from 'node:path';
import ts from 'typescript';
import { importsOf, parsed } from './imports';
import type { Problem } from './problem';

interface Layer {
  readonly name: string;
  readonly files: RegExp;
  /** Names of the layers whose values it may import, besides itself. */
  readonly mayImport: readonly string[];
}

/** Read from top to bottom: the first line that fits a file is its layer. */
const layers: readonly Layer[] = [
  {
    name: 'vocabulary',
    files:
      /^provider\/(cluster\/(args|args-backups|args-metrics|args-pooler|spec|defaults)|manifests\/names)\.ts$/,
    mayImport: [],
  },
  {
    name: 'index',
    files: /^provider\/index\.ts$/,
    mayImport: ['cluster', 'actions', 'aws', 'manifests', 'config'],
  },
  {
    name: 'cmd',
    files: /^provider\/cmd\//,
    mayImport: ['index', 'cluster', 'actions', 'aws', 'manifests', 'config', 'live'],
  },
  // What is allowed, as pure rules: actions refuse by them what can't be done to a living cluster.
  {
    name: 'validation',
    files: /^provider\/cluster\/(validation(\/|\.ts$)|normalise(-backups)?\.ts$)/,
    mayImport: ['config'],
  },
  {
    name: 'cluster',
    files: /^provider\/cluster\//,
    mayImport: ['validation', 'actions', 'manifests', 'config', 'live'],
  },
  {
    name: 'actions',
    files: /^provider\/actions\//,
    mayImport: ['validation', 'manifests', 'config', 'live'],
  },
  // A component of its own, beside PostgresCluster: it shares the forms of arguments and messages.
  { name: 'aws', files: /^provider\/aws\//, mayImport: ['validation', 'cluster', 'manifests', 'config'] },
  { name: 'manifests', files: /^provider\/manifests\//, mayImport: ['config'] },
  { name: 'config', files: /^provider\/config\//, mayImport: [] },
  { name: 'live', files: /^provider\/live\//, mayImport: [] },
];

/** Files that are pure: the same input gives the same output, with no I/O, no clock and no chance. */
const pure =
  /^provider\/(manifests\/|config\/|cluster\/(args|spec|defaults|normalise|validation)[^/]*\.ts$|cluster\/(validation|normalise)\/|aws\/(?!backup-bucket|[a-z]+-children)|(.*\/)?plan\.ts$)/;
/** config/scripts.ts reads the scripts that lie beside it, which come with the package. */
const mayReadFiles = /^provider\/config\/scripts\.ts$/;
const impureModules =
  /^(@pulumi\/.*|@kubernetes\/client-node|pg|(node:)?(fs|child_process|net|tls|http|https|http2|dns|os|timers|worker_threads)(\/.*)?)$/;
const outside = /^(local|tests|bench|examples)\//;

export function layerProblems(path: string, text: string): Problem[] {
  if (!/^provider\/.*\.ts$/.test(path)) return [];
  const layer = layers.find((candidate) => candidate.files.test(path));
  if (!layer) {
    const known = layers.map((candidate) => candidate.name).join(', ');
    const message = `${path} is in no layer (known: ${known}): move it, or add its layer to local/lint/layers.ts`;
    return [{ file: path, line: 1, rule: 'layers', message }];
  }
  const file = parsed(path, text);
  const problems: Problem[] = [];
  for (const found of importsOf(file)) {
    const message = found.module.startsWith('.')
      ? ownImport(path, layer, found.module, found.typeOnly)
      : foreignImport(path, found.module, found.typeOnly);
    if (message) problems.push({ file: path, line: found.line, rule: 'layers', message });
  }
  return pure.test(path) ? [...problems, ...clockProblems(path, file)] : problems;
}

function ownImport(path: string, layer: Layer, module: string, typeOnly: boolean): string | undefined {
  const target = `${posix.join(dirname(path), module).replace(/\.(ts|js)$/, '')}.ts`;
  if (outside.test(target))
    return `imports ${target}: provider/ is what is published, local/ and tests/ are not. Move the code into provider/`;
  if (typeOnly) return undefined;
  const found =
    layers.find((candidate) => candidate.files.test(target)) ??
    layers.find((candidate) => candidate.files.test(target.replace(/\.ts$/, '/index.ts')));
  if (!found || found.name === layer.name || found.name === 'vocabulary') return undefined;
  if (layer.mayImport.includes(found.name)) return undefined;
  const allowed = layer.mayImport.length > 0 ? layer.mayImport.join(', ') : 'no other layer';
  return (
    `imports ${target}, a value of layer ${found.name}: ${layer.name} may import ${allowed}, and types of any. ` +
    `Use \`import type\`, or hand the value in as an argument`
  );
}

function foreignImport(path: string, module: string, typeOnly: boolean): string | undefined {
  if (typeOnly || !pure.test(path) || !impureModules.test(module)) return undefined;
  if (mayReadFiles.test(path) && /^(node:)?fs$/.test(module)) return undefined;
  return (
    `imports ${module}: this file is pure (no Pulumi, Kubernetes client or I/O). ` +
    `Use \`import type\`, or let provider/cluster, provider/live or an execute.ts do it`
  );
}

function clockProblems(path: string, file: ts.SourceFile): Problem[] {
  const problems: Problem[] = [];
  const add = (node: ts.Node, what: string): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    const message = `uses ${what}: this file is pure, the same input must give the same text. Take it as an argument`;
    problems.push({ file: path, line, rule: 'layers', message });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText(file) === 'Date' && !node.arguments?.length)
      add(node, 'new Date()');
    if (ts.isPropertyAccessExpression(node)) {
      const name = node.getText(file);
      if (['Date.now', 'Math.random', 'performance.now', 'process.env'].includes(name)) add(node, name);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return problems;
}
