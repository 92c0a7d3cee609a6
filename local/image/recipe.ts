// The content of image/Dockerfile where there is no Docker and no registry: mmdebstrap puts the same packages
// (image/packages.txt) from the same suites into a root and runs the same two scripts; the result is one OCI
// archive. Needs root, apt and a Debian mirror; the mirror is the one of the machine's own apt configuration.
//
// Two recipes, because the packages take a minute and the files of ours none: a changed entry point makes only
// the small second layer again.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Recipe, built } from '../build/cache';
import { aptSources, ensurePackages, proxyOptions } from './apt';
import { type Layer, writeArchive, writeLayer } from './archive';
import { imageConfig, listed } from './content';
import { outputOf, run } from './process';

export const imageName = 'localhost/pulumi-postgres-ha:18-dev';

/** The Dockerfile and what it is made of. */
export const imageDirectory = path.join(__dirname, '..', '..', 'image');
const imageFile = (name: string) => path.join(imageDirectory, name);
const own = (name: string) => path.join(__dirname, name);
const read = (name: string) => fs.readFileSync(imageFile(name), 'utf8');

/** The packages: `root/`, the same as a layer, and `layer.json`, which says what is in it. */
export const contentRecipe: Recipe = {
  name: 'image-content',
  version: '1',
  sources: [
    ...['packages.txt', 'suites.txt', 'build'].map(imageFile),
    ...['recipe.ts', 'archive.ts', 'apt.ts'].map(own),
  ],
  build: buildContent,
};

/** The image: `image.tar`. */
export const imageRecipe: Recipe = {
  name: 'image',
  version: imageName,
  sources: [
    ...contentRecipe.sources,
    ...['Dockerfile', 'rootfs'].map(imageFile),
    ...['tar.ts', 'content.ts'].map(own),
  ],
  build: buildImage,
};

interface Content {
  created: number;
  layer: Layer;
}

async function buildContent(directory: string, log: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('the image is made as root (mmdebstrap changes owners and roots): run this as root');
  }
  await ensurePackages(['mmdebstrap', 'debian-archive-keyring'], log);
  const root = path.join(directory, 'root');
  const dates = path.join(directory, 'release-dates');
  const sources = await aptSources(listed(read('suites.txt')), log);
  await run('unshare', debootstrapArguments(root, dates, sources), log);
  await run('du', ['-sm', root], log);

  const created = newestDate(fs.readFileSync(dates, 'utf8'));
  const layer = await tarLayer(path.join(directory, 'layer.tar.zst'), root, created);
  log(`layer: ${megabytes(layer.size)} MB packed, ${megabytes(layer.unpacked)} MB unpacked`);
  const content: Content = { created, layer: { ...layer, file: path.basename(layer.file) } };
  fs.writeFileSync(path.join(directory, 'layer.json'), JSON.stringify(content));
}

async function buildImage(directory: string): Promise<void> {
  const content = await built(contentRecipe);
  const { created, layer } = JSON.parse(fs.readFileSync(path.join(content, 'layer.json'), 'utf8')) as Content;
  const files = await tarLayer(path.join(directory, 'files.tar.zst'), imageFile('rootfs'), created, [
    '--owner=0',
    '--group=0',
    '--mode=u=rwX,go=rX',
  ]);
  await writeArchive(path.join(directory, 'image.tar'), {
    layers: [{ ...layer, file: path.join(content, layer.file) }, files],
    config: imageConfig(read('Dockerfile')),
    name: imageName,
    created,
  });
  fs.rmSync(files.file);
}

/** What mmdebstrap does; it, too, is all from the files in image/. */
export function debootstrapArguments(root: string, dates: string, sources: string[]): string[] {
  const [base = ''] = listed(read('suites.txt'));
  return [
    // In namespaces of its own: after a crash no mount of the root is left for a later rm -r to walk into,
    // and no program of it goes on.
    ...['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
    ...['mmdebstrap', '--variant=minbase', '--mode=root', '--format=directory'],
    '--aptopt=APT::Install-Recommends "false"',
    ...proxyOptions().map((option) => `--aptopt=${option}`),
    `--dpkgopt=${imageFile('build/dpkg-excludes')}`,
    `--include=${listed(read('packages.txt')).join(',')}`,
    `--essential-hook=cp -r '${imageFile('build')}' "$1/image-build"`,
    '--essential-hook=chroot "$1" sh /image-build/prepare.sh',
    `--customize-hook=cat "$1"/var/lib/apt/lists/*Release | grep '^Date:' >'${dates}'`,
    '--customize-hook=chroot "$1" sh /image-build/trim.sh',
    '--customize-hook=rm -r "$1/image-build"',
    base,
    root,
    ...sources,
  ];
}

/** The directory as a layer that is the same bytes for the same content. */
async function tarLayer(
  file: string,
  directory: string,
  created: number,
  options: string[] = [],
): Promise<Layer> {
  const tar = outputOf('tar', [
    `--directory=${directory}`,
    '--create',
    '--format=pax',
    '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
    '--sort=name',
    '--numeric-owner',
    `--mtime=@${created}`,
    ...options,
    '.',
  ]);
  const [layer] = await Promise.all([writeLayer(tar.output, file), tar.finished]);
  return layer;
}

/** When the newest of the suites was published: the time of everything in the image. */
export function newestDate(releaseDates: string): number {
  const dates = releaseDates
    .split('\n')
    .map((line) => Date.parse(line.replace(/^Date:/, '').trim()) / 1000)
    .filter((seconds) => Number.isFinite(seconds));
  if (dates.length === 0)
    throw new Error(`no date in the suites' Release files: ${JSON.stringify(releaseDates)}`);
  return Math.max(...dates);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
