// npm run local:shell [-- COMMAND …]: a shell, or one command, with KUBECONFIG set and kubectl on PATH.
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { up } from '../kubernetes/cluster';
import { main } from '../kubernetes/main';
import { findOwn } from '../kubernetes/own-cluster';

main('local:shell', async () => {
  const cluster = process.env.KUBECONFIG_FOR_DEMO ? await up() : ((await findOwn()) ?? (await up()));
  const [command = process.env.SHELL || '/bin/bash', ...args] = process.argv.slice(2);
  const env = {
    ...process.env,
    KUBECONFIG: cluster.kubeconfig,
    PATH: `${path.dirname(cluster.kubectl)}${path.delimiter}${process.env.PATH ?? ''}`,
  };
  const result = spawnSync(command, args, { stdio: 'inherit', env, cwd: process.env.INIT_CWD });
  if (result.error) throw new Error(`${command} cannot be run: ${result.error.message}`);
  return result.status ?? 1;
});
