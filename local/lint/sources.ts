/** The project's own files: what git tracks or would track. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Source {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const largest = 2 * 1024 * 1024;

/** Text files of the project. Binary and very large files are left out: no rule here is about them. */
export function sources(root: string): Source[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const found: Source[] = [];
  for (const path of new Set(listed.split('\0').filter(Boolean))) {
    const file = join(root, path);
    if (!existsSync(file) || !statSync(file).isFile() || statSync(file).size > largest) continue;
    const text = readFileSync(file, 'utf8');
    if (!text.includes('\0')) found.push({ path, text });
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
