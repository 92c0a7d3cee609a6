// What the machine's own apt configuration says: which mirror to use and through which proxy.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { run } from './process';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Where one kind of Debian's archive is mirrored. */
export interface Mirrors {
  main?: string;
  security?: string;
}

/** From `apt-get indextargets` with the format ORIGIN|LABEL|URI: Debian's own archives only. */
export function mirrorsOf(indexTargets: string): Mirrors {
  const mirrors: Mirrors = {};
  for (const line of indexTargets.split('\n')) {
    const [origin, label, uri] = line.split('|');
    if (origin !== 'Debian' || !uri) continue;
    if (label === 'Debian') mirrors.main ??= uri;
    if (label === 'Debian-Security') mirrors.security ??= uri;
  }
  return mirrors;
}

/** The one-line sources of the suites. */
export function sourcesOf(suites: string[], mirrors: Mirrors): { sources: string[]; missing: string[] } {
  const sources: string[] = [];
  const missing: string[] = [];
  for (const suite of suites) {
    const mirror = suite.endsWith('-security') ? mirrors.security : mirrors.main;
    if (!mirror) missing.push(suite);
    // The mirror may be a frozen one, whose index is past its Valid-Until: that check alone is off. The
    // signature is checked against Debian's keys in any case.
    else sources.push(`deb [signed-by=${keyring} check-valid-until=no] ${mirror} ${suite} main`);
  }
  return { sources, missing };
}

function indexTargets(): string {
  // Origin and label come from the downloaded Release files: empty before the first apt-get update.
  return execFileSync(
    'apt-get',
    ['indextargets', '--format', '$(ORIGIN)|$(LABEL)|$(REPO_URI)', 'Created-By: Packages'],
    { encoding: 'utf8' },
  );
}

export async function aptSources(suites: string[], log: (line: string) => void): Promise<string[]> {
  let mirrors = mirrorsOf(indexTargets());
  if (!mirrors.main) {
    await run('apt-get', ['update', '-q'], log);
    mirrors = mirrorsOf(indexTargets());
  }
  if (!mirrors.main) {
    throw new Error(
      "apt's configuration names no mirror of Debian (an index with Origin: Debian, Label: Debian): add one to /etc/apt/sources.list",
    );
  }
  const { sources, missing } = sourcesOf(suites, mirrors);
  for (const suite of missing) log(`${suite} is left out: apt's configuration names no mirror for it`);
  return sources;
}

/** mmdebstrap does not read the machine's apt.conf: the way to the mirror is handed on. */
export function proxyOptions(): string[] {
  return execFileSync('apt-config', ['dump', 'Acquire'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => /^Acquire::https?::Proxy(::\S+)? "/.test(line))
    .map((line) => line.replace(/;$/, ''));
}

/** Installs what is missing of the Debian packages. */
export async function ensurePackages(names: string[], log: (line: string) => void): Promise<void> {
  const missing = names.filter((name) => !fs.existsSync(`/var/lib/dpkg/info/${name}.list`));
  if (missing.length === 0) return;
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  log(`installing ${missing.join(', ')}`);
  await run('apt-get', ['update', '-q'], log);
  await run('apt-get', ['install', ...options, ...missing], log);
}
