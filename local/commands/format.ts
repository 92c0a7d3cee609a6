/** `npm run format`: prettier over the project. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const prettier = join(root, 'node_modules', 'prettier', 'bin', 'prettier.cjs');
const paths = process.argv.length > 2 ? process.argv.slice(2) : ['.'];
const run = spawnSync(process.execPath, [prettier, '--write', '--log-level', 'warn', ...paths], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;
