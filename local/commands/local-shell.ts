// npm run local:shell [-- COMMAND …]: a shell, or one command, with KUBECONFIG set and kubectl on PATH; after the
// demo with pulumi and pgha as well, for the demo's stack.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { demoFolder, demoPrograms } from '../demo/project';
import { type LocalCluster, upForPeople } from '../kubernetes/cluster';
import { findKind } from '../kubernetes/kind';
import { main } from '../kubernetes/main';
import { findOwn } from '../kubernetes/own-cluster';
import { pulumiEnvironment } from '../pulumi/environment';

/** What is there, as it is: nothing is built or loaded for a shell. */
async function found(): Promise<LocalCluster> {
  const there = process.env.KUBECONFIG_FOR_DEMO ? undefined : ((await findOwn()) ?? (await findKind()));
  return there ?? upForPeople();
}

main('local:shell', async () => {
  const cluster = await found();
  const [command = process.env.SHELL || '/bin/bash', ...args] = process.argv.slice(2);
  const { state } = cluster;
  const demo = fs.existsSync(demoFolder(state));
  const known = demo
    ? { ...(await pulumiEnvironment({ state })), PULUMI_NODEJS_TRANSPILE_ONLY: 'true' }
    : process.env;
  const programs = [path.dirname(cluster.kubectl), ...(demo ? [demoPrograms(state)] : []), known.PATH ?? ''];
  const env = { ...known, KUBECONFIG: cluster.kubeconfig, PATH: programs.join(path.delimiter) };
  const result = spawnSync(command, args, { stdio: 'inherit', env, cwd: process.env.INIT_CWD });
  if (result.error) throw new Error(`${command} cannot be run: ${result.error.message}`);
  return result.status ?? 1;
});
