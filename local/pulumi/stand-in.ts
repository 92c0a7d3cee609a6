// Puts a stand-in plugin (local/plugins) where the engine looks for installed ones.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { built } from '../build/cache';
import { buildGo } from './go';

/** The plugins that there is a stand-in of. */
export type StandIn = 'kubernetes' | 'aws';

export async function standIn(name: StandIn, home: string, version: string): Promise<void> {
  const program = `pulumi-resource-${name}`;
  const module = path.resolve(__dirname, '..', 'plugins', name);
  const directory = await built({
    name: program,
    version,
    sources: [module, path.join(__dirname, 'protocol'), path.join(__dirname, 'go.ts')],
    build: (output, log) =>
      buildGo(
        {
          module,
          main: '.',
          output: path.join(output, program),
          variables: { 'main.version': version },
        },
        log,
      ),
  });
  // In the plugin cache rather than on PATH: the engine warns of every plugin that it takes from PATH.
  place(path.join(directory, program), path.join(home, 'plugins', `resource-${name}-v${version}`, program));
}

/** Makes `target` the same file as `source`, also while another process is doing so. */
function place(source: string, target: string): void {
  const wanted = fs.statSync(source);
  const present = fs.statSync(target, { throwIfNoEntry: false });
  if (present?.ino === wanted.ino && present.dev === wanted.dev) return;
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  fs.rmSync(temporary, { force: true });
  try {
    fs.linkSync(source, temporary);
  } catch {
    fs.copyFileSync(source, temporary); // another file system
  }
  fs.renameSync(temporary, target);
}
