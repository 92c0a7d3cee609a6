/** Programs in other languages than ours, run by Pulumi's Automation API in that language, since their language hosts can't be had everywhere. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { built } from '../../../local/build/cache';
import { buildGo } from '../../../local/pulumi/go';

const root = join(__dirname, '..', '..', '..');
/** The release of Pulumi's SDK for Python, from PyPI. */
const pythonSdk = '3.259.0';

/** What these programs need and this machine has not. */
export function missingTools(): string[] {
  const tools: [string, readonly string[]][] = [
    ['python3', ['-m', 'pip', '--version']],
    ['go', ['version']],
  ];
  return tools
    .filter(([tool, check]) => spawnSync(tool, check, { stdio: 'ignore' }).status !== 0)
    .map(([tool, check]) => [tool, ...check].join(' '));
}

export interface Program {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** examples/python with the generated SDK. */
export async function pythonProgram(): Promise<Program> {
  const modules = await built({
    name: 'python-modules',
    version: pythonSdk,
    sources: [join(root, 'sdk', 'python')],
    build: async (directory) => {
      // pip builds in the source's folder.
      const copy = mkdtempSync(join(tmpdir(), 'sdk-python-'));
      cpSync(join(root, 'sdk', 'python'), copy, { recursive: true });
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', directory];
      try {
        execFileSync('python3', [...pip, `pulumi==${pythonSdk}`, copy], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
      } finally {
        rmSync(copy, { recursive: true });
      }
    },
  });
  return {
    command: 'python3',
    arguments: [join(__dirname, 'drive.py')],
    environment: { PYTHONPATH: modules, PROGRAM: join(root, 'examples', 'python', '__main__.py') },
  };
}

/** examples/go, whose main is another. */
export async function goProgram(): Promise<Program> {
  const example = join(root, 'examples', 'go');
  const driver = join(__dirname, 'drive.go');
  const directory = await built({
    name: 'go-program',
    version: '1',
    sources: [example, driver, join(root, 'sdk', 'go')],
    build: async (output, log) => {
      const module = mkdtempSync(join(tmpdir(), 'go-program-'));
      try {
        for (const file of ['program.go', 'go.sum']) copyFileSync(join(example, file), join(module, file));
        copyFileSync(driver, join(module, 'main.go'));
        const required = readFileSync(join(example, 'go.mod'), 'utf8').replace(
          '../../sdk/go',
          join(root, 'sdk', 'go'),
        );
        writeFileSync(join(module, 'go.mod'), required);
        // The Automation API needs more modules than the program alone.
        execFileSync('go', ['mod', 'tidy'], { cwd: module, stdio: 'ignore' });
        await buildGo({ module, main: '.', output: join(output, 'program'), variables: {} }, log);
      } finally {
        rmSync(module, { recursive: true });
      }
    },
  });
  return { command: join(directory, 'program'), arguments: [], environment: {} };
}

/** A stack of such a program. */
export class ProgramStack {
  constructor(
    private readonly program: Program,
    private readonly environment: NodeJS.ProcessEnv,
    readonly stack: string,
    readonly project: string,
  ) {}

  /** What `pulumi` prints, or the stack's outputs as JSON (Python); an error holds it too. */
  async run(
    verb: 'preview' | 'up' | 'destroy' | 'outputs',
    config: Readonly<Record<string, string>>,
  ): Promise<string> {
    const environment = {
      ...this.environment,
      ...this.program.environment,
      STACK: this.stack,
      PROJECT: this.project,
      CONFIG: JSON.stringify(config),
    };
    const { stdout } = await promisify(execFile)(this.program.command, [...this.program.arguments, verb], {
      env: environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }
}
