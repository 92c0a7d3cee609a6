// What containers the nodes have from the start. Unpacking a 700 MB image on each of three
// nodes takes a minute; so a containerd root with everything unpacked is made once and kept in
// the cache, and a node gets a copy of it by hard links (see copyRoot for why that is safe).
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Recipe, built } from '../build/cache';
import { processStart } from '../build/lock';
import { containerdConfig, containerdReady, importImage, pauseImage } from './containerd';
import { run } from './processes';
import { until } from '../until';

/** The image's archive; none if this checkout has no recipe for it, or the platform is wanted without it. */
export async function databaseImage(): Promise<string | undefined> {
  const recipe = path.join(__dirname, '..', 'image', 'recipe');
  if (process.env.PULUMI_POSTGRES_HA_WITHOUT_IMAGE || !fs.existsSync(`${recipe}.ts`)) return undefined;
  // At run time and by name: this folder must load where the image's does not.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { imageRecipe } = require(recipe) as { imageRecipe: Recipe };
  return path.join(await built(imageRecipe), 'image.tar');
}

/** A container image of one static program, in the form that `docker save` writes. */
export async function programImage(program: string, name: string, archive: string): Promise<void> {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'pgha-image-'));
  try {
    const binary = path.basename(program);
    const reproducible = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--sort=name'];
    await run(
      'tar',
      '-C',
      path.dirname(program),
      ...reproducible,
      '-cf',
      path.join(work, 'layer.tar'),
      binary,
    );
    const layer = (await run('sha256sum', path.join(work, 'layer.tar'))).split(' ')[0];
    const config = {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Entrypoint: [`/${binary}`], User: '65535:65535' },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    };
    fs.writeFileSync(path.join(work, 'config.json'), JSON.stringify(config));
    fs.writeFileSync(
      path.join(work, 'manifest.json'),
      JSON.stringify([{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }]),
    );
    await run(
      'tar',
      '-C',
      work,
      ...reproducible,
      '-cf',
      archive,
      'manifest.json',
      'config.json',
      'layer.tar',
    );
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** A containerd that runs only while the callback does. */
async function withContainerd<T>(root: string, work: (socket: string) => Promise<T>): Promise<T> {
  const state = fs.mkdtempSync(path.join(os.tmpdir(), 'pgha-containerd-'));
  const socket = path.join(state, 'containerd.sock');
  const config = path.join(state, 'config.toml');
  fs.writeFileSync(
    config,
    containerdConfig(root, path.join(state, 'state'), socket, path.join(state, 'cni')),
  );
  const log = fs.openSync(path.join(state, 'log'), 'w');
  const child = spawn('containerd', ['--config', config], { stdio: ['ignore', log, log] });
  fs.closeSync(log);
  try {
    await until('starting containerd', 30, () => containerdReady(socket));
    return await work(socket);
  } finally {
    child.kill('SIGTERM');
    await until(
      'ending containerd',
      20,
      async () => child.pid === undefined || processStart(child.pid) === undefined,
    );
    fs.rmSync(state, { recursive: true, force: true });
  }
}

export interface Images {
  /** Names the content: changes when any image does. */
  key: string;
  /** The prepared containerd root. */
  root: string;
  archives: string[];
}

export async function preparedImages(pauseProgram: string): Promise<Images> {
  const database = await databaseImage();
  const recipe: Recipe = {
    name: 'containerd-root',
    // The archives' own directories are named by what they hold: no need to read 700 MB again.
    version: [
      'layout 1',
      (await run('containerd', '--version')).trim(),
      path.basename(path.dirname(pauseProgram)),
      database ? path.basename(path.dirname(database)) : 'no database image',
    ].join('; '),
    sources: [],
    async build(directory, log) {
      const root = path.join(directory, 'root');
      const pauseArchive = path.join(directory, 'pause.tar');
      await programImage(pauseProgram, pauseImage, pauseArchive);
      await withContainerd(root, async (socket) => {
        for (const archive of [pauseArchive, ...(database ? [database] : [])]) {
          log(`importing ${archive}`);
          await importImage(socket, archive);
        }
      });
    },
  };
  const directory = await built(recipe);
  return {
    key: path.basename(directory),
    root: path.join(directory, 'root'),
    archives: [path.join(directory, 'pause.tar'), ...(database ? [database] : [])],
  };
}

/**
 * Gives a node the prepared root. Layers and blobs are linked, not copied: they are read-only
 * by design (overlayfs never writes to a lower directory, blobs are named by their content), so
 * nodes cannot harm each other or the cache. The databases are written in place: real copies.
 * On another file system, where links are impossible, everything is copied.
 */
export async function copyRoot(prepared: string, root: string): Promise<void> {
  fs.mkdirSync(path.dirname(root), { recursive: true });
  const sameDevice = fs.statSync(prepared).dev === fs.statSync(path.dirname(root)).dev;
  await run('cp', sameDevice ? '-al' : '-a', prepared, root);
  const databases = (await run('find', root, '-maxdepth', '3', '-type', 'f', '-name', '*.db', '-links', '+1'))
    .split('\n')
    .filter(Boolean);
  for (const file of databases) {
    fs.copyFileSync(file, `${file}.copy`);
    fs.renameSync(`${file}.copy`, file);
  }
}
