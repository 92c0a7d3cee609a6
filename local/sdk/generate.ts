/** sdk/: clients of the package for Node, Python and Go, generated from its schema by the CLI's own code generators. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from '../build/cache';
import type { Problem } from '../lint/problem';
import { buildGo } from '../pulumi/go';
import { schemaFile } from '../schema/schema';

export const sdkCommand = 'npm run sdk';
const cliModule = join('local', 'pulumi', 'cli');
/** Says of what the SDKs were made: the lint compares it, a test compares every file (tests/e2e/sdk.late.test.ts). */
const stampFile = join('sdk', 'generated-from.sha256');

/** Writes the SDKs anew into `to`, a folder that is replaced. */
export async function generateSdks(root: string, to: string): Promise<void> {
  const made = mkdtempSync(join(tmpdir(), 'sdk-'));
  try {
    execFileSync(join(await generator(root), 'sdk-gen'), [join(root, schemaFile), made], { stdio: 'inherit' });
    writeFileSync(join(made, 'generated-from.sha256'), `${stamp(root)}\n`);
    rmSync(to, { recursive: true, force: true });
    cpSync(made, to, { recursive: true });
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

async function generator(root: string): Promise<string> {
  const module = join(root, cliModule);
  return await built({
    name: 'sdk-gen',
    version: '1',
    sources: [module, join(root, 'local', 'pulumi', 'go.ts')],
    build: (directory, log) =>
      buildGo({ module, main: './sdk-gen', output: join(directory, 'sdk-gen'), variables: {} }, log),
  });
}

/** Of everything that the SDKs are made of. */
function stamp(root: string): string {
  const sources = [schemaFile, join(cliModule, 'go.mod'), join(cliModule, 'sdk-gen', 'main.go')];
  const hash = createHash('sha256');
  for (const file of sources) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

export function staleSdks(root: string): Problem[] {
  const file = join(root, stampFile);
  if (existsSync(file) && readFileSync(file, 'utf8').trim() === stamp(root)) return [];
  const message = `the SDKs are not made of the schema as it is: run \`${sdkCommand}\``;
  return [{ file: stampFile, line: 1, rule: 'stale-sdk', message }];
}
