/** A Pulumi stack of PostgresClusters, brought up by a real `pulumi up` of a project with the packed package. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  LocalWorkspace,
  PulumiCommand,
  type PreviewOptions,
  type PreviewResult,
  type Stack,
  type UpResult,
} from '@pulumi/pulumi/automation';
import { stateDirectory } from '../../local/kubernetes/settings';
import { installPackage } from '../../local/package/build';
import { pulumiEnvironment } from '../../local/pulumi/environment';
import type { PostgresClusterArgs } from '../../provider/cluster/args';
import { claim, removeBackend } from './leftovers';
import { createNamespace, removeNamespace } from './namespaces';

/** Arguments that are plain data, as configuration carries them. */
export type PlainClusterArgs = { [K in keyof PostgresClusterArgs]?: unknown };

export interface OpenOptions {
  /** Folder of the program. Default: tests/support/program, whose configuration says which clusters there are. */
  readonly program?: string;
  /** Make the namespace, so that it is no part of the stack and outlives it. */
  readonly namespace?: boolean;
}

export interface RunOptions {
  readonly refresh?: boolean;
  /** File of a saved plan: a preview writes it, an `up` performs it. */
  readonly plan?: string;
}

export class TestStack {
  private constructor(
    private readonly stack: Stack,
    readonly namespace: string,
    /** The project. */
    readonly folder: string,
    /** Variables with which `pulumi` by hand finds this stack. */
    readonly environment: NodeJS.ProcessEnv,
  ) {}

  /**
   * An empty stack `name`, in a project folder of its own, for a namespace of that name. What an
   * earlier run has left of both is removed first.
   */
  static async open(name: string, kubeconfig: string, options: OpenOptions = {}): Promise<TestStack> {
    const folder = join(stateDirectory(), 'tests', name);
    const backend = backendOf(folder);
    await claim(folder);
    await removeBackend(backend);
    await Promise.all([
      emptyNamespace(kubeconfig, name, options.namespace ?? false),
      project(folder, options.program ?? join(__dirname, 'program')),
    ]);
    mkdirSync(backend);
    const environment = {
      ...(await pulumiEnvironment()),
      // Of this stack alone, whatever backend the user has chosen for their own.
      PULUMI_BACKEND_URL: `file://${backend}`,
      KUBECONFIG: kubeconfig,
    };
    return TestStack.select(name, folder, environment);
  }

  /** The same stack, seen with other credentials. */
  as(kubeconfig: string): Promise<TestStack> {
    return TestStack.select(this.namespace, this.folder, { ...this.environment, KUBECONFIG: kubeconfig });
  }

  private static async select(
    name: string,
    folder: string,
    environment: NodeJS.ProcessEnv,
  ): Promise<TestStack> {
    // The Automation API looks for `pulumi` on this process's own PATH, whatever envVars say.
    process.env.PATH = environment.PATH;
    const pulumiCommand = await PulumiCommand.get({ skipVersionCheck: true });
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: name, workDir: folder },
      { envVars: strings(environment), pulumiCommand },
    );
    return new TestStack(stack, name, folder, environment);
  }

  /** The same stack in a backend and a project of its own, as somebody has it who copied both. The copy is not destroyed with it. */
  async copied(): Promise<TestStack> {
    const folder = join(this.folder, 'copy');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const name of readdirSync(this.folder).filter((one) => !['copy', 'node_modules'].includes(one)))
      cpSync(join(this.folder, name), join(folder, name), { recursive: true });
    await installPackage(folder);
    const backend = join(folder, basename(backendOf(this.folder)));
    return TestStack.select(this.namespace, folder, {
      ...this.environment,
      PULUMI_BACKEND_URL: `file://${backend}`,
    });
  }

  /** Forbids the default providers of these packages: whatever is not given a provider then fails. */
  async withoutDefaultProviders(...packages: readonly string[]): Promise<void> {
    const entries = packages.map((name, n) => [`pulumi:disable-default-providers[${n}]`, { value: name }]);
    await this.stack.setAllConfig(Object.fromEntries(entries), true);
  }

  async up(
    clusters: Readonly<Record<string, PlainClusterArgs>>,
    options: { refresh?: boolean } = {},
  ): Promise<UpResult> {
    await this.configure(clusters);
    return this.stack.up({ refresh: options.refresh, onOutput: logged });
  }

  async preview(
    clusters: Readonly<Record<string, PlainClusterArgs>>,
    options: { refresh?: boolean } = {},
  ): Promise<PreviewResult> {
    await this.configure(clusters);
    return this.stack.preview({ refresh: options.refresh, onOutput: logged });
  }

  /** As `up`, of a program with other configuration. */
  async upWith(config: Readonly<Record<string, string>>, options: RunOptions = {}): Promise<UpResult> {
    await this.set(config);
    return this.stack.up({ ...options, onOutput: logged });
  }

  async previewWith(
    config: Readonly<Record<string, string>>,
    options: RunOptions & Pick<PreviewOptions, 'policyPacks' | 'policyPackConfigs'> = {},
  ): Promise<PreviewResult> {
    await this.set(config);
    return this.stack.preview({ ...options, onOutput: logged });
  }

  /** Changes the text of the stack's state. */
  async rewrite(change: (text: string) => string): Promise<void> {
    const { version, deployment } = await this.stack.exportStack();
    await this.stack.importStack({ version, deployment: JSON.parse(change(JSON.stringify(deployment))) });
  }

  /** Resources of the stack's state, with their inputs; secret ones stay encrypted. */
  async resources(): Promise<{ type: string; urn: string; inputs: unknown }[]> {
    const { deployment } = await this.stack.exportStack();
    return (deployment as { resources: { type: string; urn: string; inputs: unknown }[] }).resources;
  }

  /** `pulumi up` of what is configured, as a process of its own, which a test may kill. */
  spawnUp(more: NodeJS.ProcessEnv = {}): ChildProcess {
    const args = ['up', '--yes', '--skip-preview', '--non-interactive', '--stack', this.namespace];
    return spawn('pulumi', args, {
      cwd: this.folder,
      env: { ...this.environment, ...more },
      stdio: 'ignore',
    });
  }

  /** Frees a stack whose `pulumi` was killed. */
  async cancel(): Promise<void> {
    await this.stack.cancel();
  }

  async destroy(): Promise<void> {
    await this.stack.destroy({ onOutput: logged });
  }

  private configure(clusters: Readonly<Record<string, PlainClusterArgs>>): Promise<void> {
    return this.set({ namespace: this.namespace, clusters: JSON.stringify(clusters) });
  }

  private async set(config: Readonly<Record<string, string>>): Promise<void> {
    const { name } = await this.stack.workspace.projectSettings();
    const values = Object.entries(config).map(([key, value]) => [`${name}:${key}`, { value }]);
    await this.stack.setAllConfig(Object.fromEntries(values));
  }
}

function backendOf(folder: string): string {
  return join(folder, 'stacks');
}

async function emptyNamespace(kubeconfig: string, name: string, made: boolean): Promise<void> {
  await removeNamespace(kubeconfig, name);
  if (made) await createNamespace(kubeconfig, name);
}

async function project(folder: string, program: string): Promise<void> {
  cpSync(program, folder, { recursive: true });
  await installPackage(folder);
}

/** With E2E_VERBOSE set, what pulumi prints is shown. */
function logged(text: string): void {
  if (process.env.E2E_VERBOSE) process.stdout.write(text);
}

function strings(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
