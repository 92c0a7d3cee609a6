// What the machine must offer before anything is started, each as one clear line; on Debian as
// root the missing packages are simply installed.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { command } from './programs';

/** Command → Debian package. */
const needed: Record<string, string> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  conntrack: 'conntrack',
  mmdebstrap: 'mmdebstrap',
  socat: 'socat',
  ip: 'iproute2',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  mount: 'mount',
};

/** Every containerd, kubelet, kube-proxy and many a pod has some; the limit is the user's on the whole machine, kind's nodes included. */
const inotify = { name: 'fs.inotify.max_user_instances', wanted: 1024 };

/** With Linux' default of 128 a second cluster ends in "too many open files" (kube-proxy). Raises it, or says how to. */
export function raiseWatches(
  file = `/proc/sys/${inotify.name.replaceAll('.', '/')}`,
  say: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): void {
  if (!fs.existsSync(file)) return;
  const found = Number(fs.readFileSync(file, 'utf8'));
  if (found >= inotify.wanted) return;
  try {
    fs.writeFileSync(file, String(inotify.wanted));
    say(`${inotify.name} raised from ${found} to ${inotify.wanted}, until this machine boots`);
  } catch {
    say(
      `${inotify.name} is ${found}, which several clusters use up ("too many open files"), and may not be raised here: ` +
        `run \`sudo sysctl ${inotify.name}=${inotify.wanted}\` on the machine itself`,
    );
  }
}

function onPath(name: string): boolean {
  const directories = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`.split(':');
  return directories.some((directory) => fs.existsSync(path.join(directory, name)));
}

export function missingPackages(has: (command: string) => boolean = onPath): string[] {
  const missing = Object.entries(needed)
    .filter(([name]) => !has(name))
    .map(([, debian]) => debian);
  if (!['/usr/lib/cni/ptp', '/opt/cni/bin/ptp'].some((plugin) => fs.existsSync(plugin)))
    missing.push('containernetworking-plugins');
  return [...new Set(missing)];
}

export async function checkMachine(): Promise<void> {
  if (process.platform !== 'linux')
    throw new Error(
      `the local cluster needs Linux, this is ${process.platform}: set KUBECONFIG_FOR_DEMO to a cluster of yours, or start Docker and install kind`,
    );
  if (process.getuid?.() !== 0)
    throw new Error(
      'the local cluster needs root (namespaces, cgroups, mounts): run this with sudo, or set KUBECONFIG_FOR_DEMO to a cluster of yours',
    );
  if (!fs.readFileSync('/proc/filesystems', 'utf8').includes('\toverlay'))
    throw new Error('the kernel has no overlayfs: load it with `modprobe overlay`');
  // iptables, ip and nsenter lie in sbin, which is not on every shell's PATH.
  process.env.PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
  raiseWatches();
  const missing = missingPackages();
  if (missing.length) await install(missing);
  if (!onPath('go')) throw new Error('there is no Go compiler (go): install Go 1.24 or newer');
}

async function install(packages: string[]): Promise<void> {
  if (!onPath('apt-get'))
    throw new Error(
      `missing on this machine: ${packages.join(', ')} (names of Debian packages): install them`,
    );
  process.stderr.write(`installing the Debian packages ${packages.join(' ')}\n`);
  const lines: string[] = [];
  const apt = (...args: string[]): Promise<void> => {
    const all = ['-y', '-q', '-o', 'Dpkg::Use-Pty=0', ...args];
    return command('apt-get', all, '/', { DEBIAN_FRONTEND: 'noninteractive' }, (line) => lines.push(line));
  };
  try {
    await apt('update');
    await apt('install', '--no-install-recommends', ...packages);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${lines.slice(-5).join('\n')}\n${reason}: install ${packages.join(', ')} by hand`, {
      cause: error,
    });
  }
}
