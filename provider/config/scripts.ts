/** The programs that run in the image without being part of it: ConfigMap `NAME-scripts`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

let read: Record<string, string> | undefined;

/**
 * File name → text. The one place in config/ that reads files: Python is written, checked and tested as
 * Python, not as text inside of TypeScript, and the files are part of the package, so that the result
 * depends on its version alone. Read once, since each cluster of a program asks.
 */
export function scripts(): Record<string, string> {
  const folder = join(__dirname, 'scripts');
  read ??= Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.py'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
  return { ...read };
}
