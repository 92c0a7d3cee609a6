// The content of image/Dockerfile where there is no Docker and no registry: mmdebstrap puts the same packages
// (image/packages.txt) from the same suites into a root, runs the same two scripts, and the result is one OCI
// archive. Needs root, apt and a Debian mirror; the mirror is the one of the machine's own apt configuration.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Recipe } from '../build/cache';
import { writeArchive } from './archive';
import { aptSources, ensurePackages, proxyOptions } from './apt';
import { imageConfig, listed } from './content';
import { outputOf, run } from './process';

export const imageName = 'localhost/pulumi-postgres-ha:18-dev';

const imageDirectory = path.join(__dirname, '..', '..', 'image');

/** The root that the archive was made of stays beside it: the parameter list and the tests run in it. */
export const rootDirectory = 'root';

export const imageRecipe: Recipe = {
  name: 'image',
  version: '1',
  sources: [
    ...['packages.txt', 'suites.txt', 'Dockerfile', 'build', 'rootfs'].map((name) =>
      path.join(imageDirectory, name),
    ),
    ...['recipe.ts', 'archive.ts', 'tar.ts', 'apt.ts', 'content.ts'].map((name) => path.join(__dirname, name)),
  ],
  build: buildImage,
};

function imageFile(name: string): string {
  return fs.readFileSync(path.join(imageDirectory, name), 'utf8');
}

async function buildImage(directory: string, log: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('the image is made as root (mmdebstrap changes owners and roots): run this as root');
  }
  await ensurePackages(['mmdebstrap', 'debian-archive-keyring'], log);

  const root = path.join(directory, rootDirectory);
  const dates = path.join(directory, 'release-dates');
  await run('unshare', debootstrapArguments(root, dates, await aptSources(listed(imageFile('suites.txt')), log)), log);
  log(`content: ${await megabytes(root)} MB`);

  await run('cp', ['-R', '--no-preserve=ownership', `${path.join(imageDirectory, 'rootfs')}/.`, root], log);
  await run('chmod', ['-R', 'u=rwX,go=rX', path.join(root, 'usr', 'local')], log);

  const created = newestDate(fs.readFileSync(dates, 'utf8'));
  const tar = outputOf('tar', [
    `--directory=${root}`,
    '--create',
    '--format=pax',
    '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
    '--sort=name',
    '--numeric-owner',
    `--mtime=@${created}`,
    '.',
  ]);
  const [sizes] = await Promise.all([
    writeArchive({
      layer: tar.output,
      config: imageConfig(imageFile('Dockerfile')),
      name: imageName,
      created,
      directory,
    }),
    tar.finished,
  ]);
  log(`image.tar: ${mb(sizes.packed)} MB packed, ${mb(sizes.unpacked)} MB unpacked`);
}

function debootstrapArguments(root: string, dates: string, sources: string[]): string[] {
  const [base] = listed(imageFile('suites.txt'));
  return [
    // In namespaces of its own: after a crash no mount of the root is left for a later rm -r to walk into,
    // and no program of it goes on.
    ...['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
    ...['mmdebstrap', '--variant=minbase', '--mode=root', '--format=directory'],
    '--aptopt=APT::Install-Recommends "false"',
    ...proxyOptions().map((option) => `--aptopt=${option}`),
    `--dpkgopt=${path.join(imageDirectory, 'build', 'dpkg-excludes')}`,
    `--include=${listed(imageFile('packages.txt')).join(',')}`,
    `--essential-hook=cp -r '${imageDirectory}/build' "$1/image-build"`,
    '--essential-hook=chroot "$1" sh /image-build/prepare.sh',
    `--customize-hook=cat "$1"/var/lib/apt/lists/*Release | grep '^Date:' >'${dates}'`,
    `--customize-hook=du -sm "$1" | sed 's/^\\([0-9]*\\).*/before trimming: \\1 MB/'`,
    '--customize-hook=chroot "$1" sh /image-build/trim.sh',
    '--customize-hook=rm -r "$1/image-build"',
    base ?? '',
    root,
    ...sources,
  ];
}

/** When the newest of the suites was published: the time of everything in the image. */
export function newestDate(releaseDates: string): number {
  const dates = releaseDates
    .split('\n')
    .map((line) => Date.parse(line.replace(/^Date:/, '').trim()) / 1000)
    .filter((seconds) => Number.isFinite(seconds));
  if (dates.length === 0) throw new Error(`no date in the suites' Release files: ${JSON.stringify(releaseDates)}`);
  return Math.max(...dates);
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

async function megabytes(directory: string): Promise<string> {
  const du = outputOf('du', ['-sm', directory]);
  let text = '';
  for await (const chunk of du.output) text += String(chunk);
  await du.finished;
  return text.split(/\s/)[0] ?? '';
}
