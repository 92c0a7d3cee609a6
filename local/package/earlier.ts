// The package as an earlier commit makes it, for tests of upgrades: built by that commit's own commands.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { built } from '../build/cache';

const root = path.resolve(__dirname, '..', '..');

/** The commit's full name; undefined where history does not go back so far, or there is none. */
export function commit(name: string): string | undefined {
  try {
    const command = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`];
    return execFileSync('git', command, { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** The packed package of that commit. Its dependencies are those of this checkout. */
export async function earlierPackage(of: string): Promise<string> {
  const directory = await built({
    name: 'earlier-package',
    version: of,
    sources: [],
    build(output, log) {
      const checkout = fs.mkdtempSync(path.join(os.tmpdir(), 'earlier-'));
      try {
        const archive = execFileSync('git', ['archive', of], { cwd: root, maxBuffer: 1 << 28 });
        execFileSync('tar', ['-x', '-C', checkout], { input: archive });
        fs.symlinkSync(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'));
        const script = "require('./local/package/build').compile()";
        const node = ['-r', 'ts-node/register/transpile-only', '-e', script];
        log(execFileSync(process.execPath, node, { cwd: checkout, encoding: 'utf8' }));
        const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', output];
        log(
          execFileSync('npm', pack, { cwd: checkout, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
        );
      } finally {
        fs.rmSync(checkout, { recursive: true });
      }
      return Promise.resolve();
    },
  });
  return path.join(
    directory,
    fs.readdirSync(directory).find((name) => name.endsWith('.tgz'))!,
  );
}
