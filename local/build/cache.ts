// Everything that takes minutes to make (Go programs, the container image) is made once per
// content: the directory's name carries a hash of the recipe's name, version, sources and the
// machine's architecture, so that a changed source is another directory and a fresh clone of
// the same commit finds what an earlier one built.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { acquire } from './lock';
import { Progress, duration } from './progress';

export interface Recipe {
  /** What is built; also the first part of the directory's name. */
  name: string;
  /** Whatever else changes the result: upstream versions, flags. */
  version: string;
  /** Absolute files or folders, hashed by content. */
  sources: string[];
  /** Builds into the (empty) directory; throws if it cannot. */
  build(directory: string, log: (line: string) => void): Promise<void>;
}

/** How many builds of one name are kept: the one in use by another checkout must survive. */
const keptBuilds = 3;

export function cacheRoot(): string {
  return process.env.PULUMI_POSTGRES_HA_CACHE || path.join(os.homedir(), '.cache', 'pulumi-postgres-ha');
}

function hashFile(hash: ReturnType<typeof createHash>, file: string, name: string): void {
  const stat = fs.lstatSync(file);
  if (stat.isDirectory()) {
    for (const entry of fs.readdirSync(file).sort())
      hashFile(hash, path.join(file, entry), `${name}/${entry}`);
  } else if (stat.isSymbolicLink()) {
    hash.update(`link ${name} ${fs.readlinkSync(file)}\n`);
  } else if (stat.isFile()) {
    const content = fs.readFileSync(file);
    hash.update(`file ${name} ${stat.mode & 0o111 ? 'x' : '-'} ${content.length}\n`).update(content);
  }
}

/** The name of the directory that a recipe's result lies in; changes when anything in the recipe does. */
export function cacheKey(recipe: Pick<Recipe, 'name' | 'version' | 'sources'>): string {
  const hash = createHash('sha256').update(`${recipe.name} ${recipe.version} ${process.arch}\n`);
  // The checkout's own path is no part of the content: only the source's base name is.
  for (const source of recipe.sources) hashFile(hash, source, path.basename(source));
  return `${recipe.name}-${hash.digest('hex').slice(0, 16)}`;
}

/** The directory that holds the recipe's result: found in the cache, or built now. */
export async function built(recipe: Recipe): Promise<string> {
  const root = cacheRoot();
  const key = cacheKey(recipe);
  const directory = path.join(root, key);
  if (fs.existsSync(directory)) return used(directory);

  fs.mkdirSync(root, { recursive: true });
  const unlock = await acquire(path.join(root, `.${key}.lock`), (holder) =>
    process.stderr.write(`${recipe.name}: process ${holder} is building it, waiting…\n`),
  );
  try {
    if (fs.existsSync(directory)) return used(directory);
    await build(recipe, directory);
    prune(root, recipe.name, directory);
    return directory;
  } finally {
    unlock();
  }
}

async function build(recipe: Recipe, directory: string): Promise<void> {
  const root = path.dirname(directory);
  const durations = path.join(root, `.${recipe.name}.seconds`);
  const logFile = path.join(root, `.${recipe.name}.log`);
  // Whatever a killed builder left: the lock says that nobody is at work on it.
  const partial = `${directory}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial);
  fs.writeFileSync(logFile, '');

  const last = fs.existsSync(durations) ? Number(fs.readFileSync(durations, 'utf8')) : undefined;
  const progress = new Progress(`building ${recipe.name}`, last);
  const lines: string[] = [];
  try {
    await recipe.build(partial, (line) => {
      fs.appendFileSync(logFile, `${line}\n`);
      lines.push(line);
      if (lines.length > 20) lines.shift();
      progress.detail(line);
    });
    // The rename is what makes it "built": a crash before it leaves only a .partial directory.
    fs.renameSync(partial, directory);
    fs.writeFileSync(durations, String(progress.seconds()));
    progress.end(`built ${recipe.name} in ${duration(progress.seconds())}`);
  } catch (error) {
    progress.end(`building ${recipe.name} failed after ${duration(progress.seconds())}`);
    if (lines.length) process.stderr.write(`${lines.map((line) => `  ${line}`).join('\n')}\n`);
    fs.rmSync(partial, { recursive: true, force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${recipe.name} could not be built: ${reason} (whole log: ${logFile})`, { cause: error });
  }
}

/** Marks a build as in use now, which is what prune() goes by. */
function used(directory: string): string {
  const now = new Date();
  fs.utimesSync(directory, now, now);
  return directory;
}

function prune(root: string, name: string, fresh: string): void {
  const builds = fs
    .readdirSync(root)
    .filter((entry) => entry.startsWith(`${name}-`) && /^[0-9a-f]{16}$/.test(entry.slice(name.length + 1)))
    .map((entry) => path.join(root, entry))
    .filter((entry) => entry !== fresh)
    .sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs);
  for (const old of builds.slice(keptBuilds - 1)) fs.rmSync(old, { recursive: true, force: true });
}
