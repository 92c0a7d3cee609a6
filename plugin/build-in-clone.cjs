// Pulumi's language host runs `npm install` in this folder before it starts the plugin. In an installed package all is
// there. In a clone, which `pulumi package add https://…/pulumi-postgres-ha/plugin` makes, nothing is compiled yet.
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { spawnSync } = require('node:child_process');

const root = join(__dirname, '..');
if (!existsSync(join(root, 'dist'))) {
  const build = [join(root, 'local', 'bootstrap.cjs'), 'build'];
  const { status } = spawnSync(process.execPath, build, { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
