// What Pulumi parts are on this machine already.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** The program of that name on PATH. */
export function onPath(program: string, search = process.env.PATH ?? ''): string | undefined {
  for (const directory of search.split(path.delimiter)) {
    if (!directory) continue;
    const candidate = path.join(directory, program);
    try {
      fs.accessSync(candidate, fs.constants.X_OK);
      if (fs.statSync(candidate).isFile()) return candidate;
    } catch {
      // not here: the next one
    }
  }
  return undefined;
}

/** Version parts, or undefined when it is no plain release. */
export function release(version: string): [number, number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(version);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}

/** Whether the engine takes `found` where `wanted` is asked for: the same major, not older (it looks no further). */
export function satisfies(found: string, wanted: string): boolean {
  const a = release(found);
  const b = release(wanted);
  if (!a || !b || a[0] !== b[0]) return found === wanted;
  return a[1] !== b[1] ? a[1] > b[1] : a[2] >= b[2];
}

/** The folder of an installed resource plugin that serves the wanted version. */
export function installedPlugin(home: string, name: string, wanted: string): string | undefined {
  const plugins = path.join(home, 'plugins');
  if (!fs.existsSync(plugins)) return undefined;
  const prefix = `resource-${name}-v`;
  return fs
    .readdirSync(plugins)
    .filter((entry) => entry.startsWith(prefix) && satisfies(entry.slice(prefix.length), wanted))
    .map((entry) => path.join(plugins, entry))
    .find((directory) => fs.existsSync(path.join(directory, `pulumi-resource-${name}`)));
}

/** Installs the plugin as `pulumi` would on first use; false when it cannot be reached. */
export async function downloadsPossible(tools: string, name: string, version: string): Promise<boolean> {
  try {
    // Plugins are released on GitHub; two seconds tell a machine without internet from one that has it.
    await fetch('https://api.github.com/', { method: 'HEAD', signal: AbortSignal.timeout(2000) });
  } catch {
    return false;
  }
  const install = spawnSync(path.join(tools, 'pulumi'), ['plugin', 'install', 'resource', name, version], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: 'true' },
  });
  return install.status === 0;
}
