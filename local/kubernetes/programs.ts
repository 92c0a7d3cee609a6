// The Go programs of the platform, built from modules that the Go proxy serves (there is no
// other place to get Kubernetes from on a machine that reaches package registries only).
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { type Recipe, built } from '../build/cache';
import { kubernetesVersion } from './settings';

const versionPackage = 'k8s.io/component-base/version';
const [major, minor] = kubernetesVersion.split('.');

const localkube = goRecipe(
  'localkube',
  ['-tags', 'selinux_disabled,providerless'],
  [
    `-X ${versionPackage}.gitVersion=v${kubernetesVersion}`,
    `-X ${versionPackage}.gitMajor=${major}`,
    `-X ${versionPackage}.gitMinor=${minor}`,
  ],
);
const coredns = goRecipe('coredns', [], []);
const pause = goRecipe('pause', [], []);

function goRecipe(name: string, flags: string[], linkerFlags: string[]): Recipe {
  const source = path.join(__dirname, name);
  return {
    name,
    version: [...flags, ...linkerFlags].join(' '),
    sources: [source],
    build: (directory, log) =>
      command(
        'go',
        // A module that needs changed requirements must fail here, not rewrite the checkout.
        [
          'build',
          '-mod=readonly',
          '-trimpath',
          ...flags,
          '-ldflags',
          ['-s', '-w', ...linkerFlags].join(' '),
          '-v',
          '-o',
          path.join(directory, name),
          '.',
        ],
        source,
        { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
        log,
      ),
  };
}

export function command(
  program: string,
  args: string[],
  cwd: string,
  env: Record<string, string>,
  log: (line: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) readline.createInterface(stream).on('line', log);
    child.once('error', (error) =>
      reject(new Error(`${program} cannot be run (${error.message}): install it`)),
    );
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`)),
    );
  });
}

export interface Programs {
  localkube: string;
  coredns: string;
  pause: string;
  kubectl: string;
}

export async function programs(): Promise<Programs> {
  // One after the other: two Go builds at once only fight for the processors and the memory.
  const kube = await built(localkube);
  const kubectl = path.join(kube, 'kubectl');
  if (!fs.existsSync(kubectl)) fs.symlinkSync('localkube', kubectl);
  return {
    localkube: path.join(kube, 'localkube'),
    kubectl,
    coredns: path.join(await built(coredns), 'coredns'),
    pause: path.join(await built(pause), 'pause'),
  };
}
