/** What a page of documentation names is there: the target of a relative link, its heading, a file of the project. */
import { posix } from 'node:path';
import type { Problem } from './problem';
import type { Source } from './sources';

/** Text of code is no link. */
const code = /^(```|~~~)[^]*?^\1|`[^`\n]*`/gm;
const link = /\]\(\s*([^)\s]+)[^)]*\)|^ {0,3}\[[^\]]+\]:\s+(\S+)/gm;

/** A file of this project by its whole path, in the text. */
const named = /`((?:bench|docs|examples|image|local|plugin|provider|sdk|tests)\/[\w./-]+\.[a-z]+)`/g;

export function linkProblems(all: readonly Source[]): Problem[] {
  const files = new Set(all.map(({ path }) => path));
  const folders = new Set(all.flatMap(({ path }) => parents(path)));
  const pages = new Map(all.filter(({ path }) => path.endsWith('.md')).map((page) => [page.path, page]));
  const problems: Problem[] = [];
  for (const { path, text } of pages.values()) {
    const problem = (index: number, message: string) =>
      problems.push({ file: path, line: text.slice(0, index).split('\n').length, rule: 'link', message });
    for (const { 1: file, index } of text.matchAll(named))
      if (!files.has(file!)) problem(index, `names ${file}, which does not exist`);
    const plain = text.replace(code, (found) => found.replace(/[^\n]/g, ' '));
    for (const match of plain.matchAll(link)) {
      const target = match[1] ?? match[2]!;
      if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
      const [to = '', heading] = target.split('#');
      const found = to === '' ? path : posix.normalize(posix.join(posix.dirname(path), decodeURI(to)));
      const there = found.replace(/\/$/, '');
      const page = pages.get(there);
      const wrong =
        !files.has(there) && !folders.has(there)
          ? `leads to ${there}, which does not exist`
          : heading && page && !anchors(page.text).has(heading)
            ? `leads to a heading #${heading} that ${there} does not have`
            : undefined;
      if (wrong) problem(match.index, `the link ${target} ${wrong}`);
    }
  }
  return problems;
}

function parents(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Names of headings, as GitHub makes them. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  for (const [, heading] of text.replace(/^(```|~~~)[^]*?^\1/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const name = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const earlier = seen.get(name) ?? 0;
    seen.set(name, earlier + 1);
    found.add(earlier === 0 ? name : `${name}-${earlier}`);
  }
  return found;
}
