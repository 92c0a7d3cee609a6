/**
 * The project names no path of a machine it was written on, and no registry that only that
 * machine knows. The hosts are not written down here: they are read from this machine's own
 * settings, so the rule bites exactly where such a name could slip in.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Problem } from './problem';
import type { Source } from './sources';

/** Registries that everybody has: naming them gives nothing away and may be needed in documents. */
const everybodys = /(^|\.)(npmjs\.org|golang\.org|pypi\.org|debian\.org|github\.com|docker\.io|ghcr\.io)$/;

function said(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).stdout ?? '';
}

function aptSources(): string {
  const folder = '/etc/apt';
  const list = join(folder, 'sources.list.d');
  const texts = [join(folder, 'sources.list')];
  try {
    texts.push(...readdirSync(list).map((name) => join(list, name)));
    return texts.map((path) => readFileSync(path, 'utf8')).join('\n');
  } catch {
    return ''; // No apt on this machine, so no mirror of it either.
  }
}

/** Texts that must not stand in the project on this machine, by what they are. */
export function machineTexts(root: string): { what: string; text: string }[] {
  const settings = [
    said('npm', 'config', 'get', 'registry'),
    said('go', 'env', 'GOPROXY'),
    process.env['PIP_INDEX_URL'] ?? '',
    aptSources(),
  ].join('\n');
  const hosts = new Set([...settings.matchAll(/https?:\/\/([^/\s,:]+)/g)].map((match) => match[1] ?? ''));
  const found = [...hosts]
    .filter((host) => host !== '' && !everybodys.test(host))
    .map((text) => ({ what: 'the host of a registry of this machine', text }));
  const parent = dirname(root);
  // A checkout right under a common folder (/home, /tmp) would forbid ordinary paths.
  if (!['/', '/home', '/tmp', '/root', '/opt', '/srv', '/var', '/usr'].includes(parent))
    found.push({ what: 'a path of this machine', text: `${parent}/` });
  return found;
}

export function machineProblems(
  { path, text }: Source,
  forbidden: readonly { what: string; text: string }[],
): Problem[] {
  if (path === 'package-lock.json') return [];
  const problems: Problem[] = [];
  text.split('\n').forEach((line, index) => {
    for (const entry of forbidden) {
      if (!line.includes(entry.text)) continue;
      const message = `holds ${entry.what}: take it out, other machines do not have it`;
      problems.push({ file: path, line: index + 1, rule: 'machine-text', message });
    }
  });
  return problems;
}
