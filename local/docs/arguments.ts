/**
 * docs/arguments.md, made of the doc comments: a chapter for each resource and function of the package,
 * with the types of its arguments and outputs. New ones appear by being exported from
 * provider/index.ts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../lint/problem';
import {
  membersOf,
  publicDeclarations,
  type Declaration,
  type Declarations,
  type Member,
  type Query,
} from './declarations';
import { argumentType, outputType } from './types';

export const argumentsPage = 'docs/arguments.md';
export const argumentsCommand = 'npm run docs:arguments';

const introduction = `# Arguments and outputs

Made of the doc comments in \`provider/\` by \`${argumentsCommand}\`. "plain" means that the value must be known in the preview, because it decides which resources exist; everything else may be an Output.
How to use them: [configure](configure.md), [databases](databases.md), [scale](scale.md), [failover](failover.md), [back up](back-up.md), [restore](restore.md), [the bucket](backup-bucket.md).
`;

export function argumentsText(declarations: Declarations): string {
  const described = new Set<Declaration>();
  const { everyAction } = declarations;
  const chapters = declarations.resources.map((resource) => {
    const known = { ...declarations, interfaces: new Map([...declarations.interfaces, ...resource.own]) };
    const needed = reachable(resource.args, known, described);
    const objects = needed.filter((one) => known.interfaces.get(one.name) === one);
    const enums = needed.filter((one) => known.enums.get(one.name) === one);
    return [
      `## ${resource.name}\n\n${resource.doc}\n`,
      ...(needed.some(({ name }) => name === resource.args) ? [] : [argumentsElsewhere(resource.args)]),
      ...objects.map((one) => object(one, known)),
      ...enums.map(values),
      ...(resource.members.length > 0 ? [outputs(resource)] : []),
      ...(resource.extended.includes(everyAction?.name ?? '') ? [`${asEveryAction}\n`] : []),
    ].join('\n');
  });
  if (everyAction)
    chapters.push(
      `## Every action\n\n${everyAction.doc}\n\n${outputs({ ...everyAction, name: 'every action' })}`,
    );
  return [introduction, ...chapters, ...declarations.queries.map((one) => query(one, declarations))].join(
    '\n',
  );
}

const asEveryAction = 'Its outputs are those of [every action](#every-action).';

/** A function: its arguments, and what is in its answer. */
function query({ name, doc, args, type }: Query, { interfaces, enums }: Declarations): string {
  const { text, named } = outputType(type);
  const answer = named.flatMap((one) => interfaces.get(one) ?? []);
  const given = interfaces.get(args);
  return [
    `## ${name}\n\n${doc}\n\nGives: ${unlinked(text, (one) => interfaces.has(one) || enums.has(one))}.\n`,
    // A function takes no Outputs, so "plain" would say nothing.
    ...(given
      ? [object(given, { resources: [], queries: [], interfaces, enums }).replaceAll(', plain |', ' |')]
      : []),
    ...answer.map((one) => section(one.name, one.doc, ['Property', 'Type', ''], typed(one.members))),
  ].join('\n');
}

/** Arguments that another resource takes as well are described there. */
function argumentsElsewhere(args: string): string {
  return `Its arguments are [${args}](#${args.toLowerCase()}).\n`;
}

/** Objects and enums that arguments lead to, each once in the whole page. */
function reachable(
  first: string,
  { interfaces, enums }: Declarations,
  described: Set<Declaration>,
): Declaration[] {
  const found: Declaration[] = [];
  const queue = [first];
  for (let name = queue.shift(); name; name = queue.shift()) {
    const one = interfaces.get(name) ?? enums.get(name);
    if (!one || described.has(one)) continue;
    described.add(one);
    found.push(one);
    for (const { type } of membersOf(interfaces.get(name), interfaces))
      if (type) queue.push(...argumentType(type, () => false).named);
  }
  return found;
}

function object(declaration: Declaration, { interfaces, enums }: Declarations): string {
  const rows = membersOf(declaration, interfaces).map((member) => {
    const type = member.type ? argumentType(member.type, (name) => interfaces.has(name)).text : '';
    const { described, defaults } = split(member.doc);
    return [
      `\`${member.name}\``,
      unlinked(type, (name) => interfaces.has(name) || enums.has(name)),
      member.optional ? defaults : '(required)',
      described,
    ];
  });
  return section(declaration.name, declaration.doc, ['Argument', 'Type', 'Default', ''], rows);
}

function values(declaration: Declaration): string {
  const rows = declaration.members.map(({ name, doc }) => [`\`${name}\``, doc]);
  return section(declaration.name, declaration.doc, ['Value', ''], rows);
}

function outputs({ name, members }: Declaration): string {
  return section(`Outputs of ${name}`, '', ['Output', 'Type', ''], typed(members));
}

function typed(members: readonly Member[]): string[][] {
  return members.map(({ name, type, doc }) => [
    `\`${name}\``,
    type ? unlinked(outputType(type).text, () => false) : '',
    doc,
  ]);
}

/** A name that has no section of its own is no link. */
function unlinked(text: string, known: (name: string) => boolean): string {
  return text.replace(/\[(\w+)\]\(#\w+\)/g, (link, name: string) => (known(name) ? link : name));
}

/** The sentence that tells the default stands in a column of its own. */
export function split(doc: string): { described: string; defaults: string } {
  const found = /(?:^|\s)Default: (.+?)\.(?=\s+[A-Z`]|\s*$)/.exec(doc);
  if (!found) return { described: doc, defaults: '' };
  const described = (doc.slice(0, found.index) + doc.slice(found.index + found[0].length)).trim();
  return { described, defaults: found[1]! };
}

function section(title: string, doc: string, columns: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`.replace(/ {2,}\|/g, ' |');
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)];
  return [`### ${title}`, ...(doc ? [doc] : []), table.join('\n')].join('\n\n') + '\n';
}

/** A page that nobody has made anew says what is no longer true. */
export function stalePages(root: string): Problem[] {
  const wanted = argumentsText(publicDeclarations(root)).split('\n');
  const found = readFileSync(join(root, argumentsPage), 'utf8').split('\n');
  const line = wanted.findIndex((text, index) => text !== found[index]);
  if (line < 0 && wanted.length === found.length) return [];
  return [
    {
      file: argumentsPage,
      line: (line < 0 ? wanted.length : line) + 1,
      rule: 'stale-page',
      message: `the page is not what the doc comments say: run \`${argumentsCommand}\``,
    },
  ];
}
