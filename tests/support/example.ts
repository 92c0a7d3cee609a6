/** A folder of examples/, copied to a project that has the packed package installed, as a user would have it. */
import { appendFileSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalWorkspace, PulumiCommand, type PreviewOptions, type Stack } from '@pulumi/pulumi/automation';
import { installPackage } from '../../local/package/build';
import { pulumiEnvironment } from '../../local/pulumi/environment';

const examples = join(__dirname, '..', '..', 'examples');

export interface ExampleOptions {
  /** Name of the stack. Default: test. */
  readonly stack?: string;
  readonly config?: Readonly<Record<string, string>>;
  /** Where the state is, for stacks that refer to each other. Default: the project's own folder. */
  readonly backend?: string;
  /** Variables of `pulumi` beyond those that every stack here has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The program uses @pulumi/aws. */
  readonly aws?: boolean;
}

export class Example {
  private constructor(
    readonly stack: Stack,
    private readonly folder: string,
  ) {}

  /** `name`: the folder, such as `minimal` or `team/shop`. */
  static async open(name: string, options: ExampleOptions = {}): Promise<Example> {
    const folder = mkdtempSync(join(tmpdir(), 'example-'));
    cpSync(join(examples, name), folder, { recursive: true });
    await installPackage(folder);
    const backend = options.backend ?? join(folder, 'stacks');
    mkdirSync(backend, { recursive: true });
    const environment: NodeJS.ProcessEnv = {
      ...(await pulumiEnvironment({ aws: options.aws ?? false })),
      KUBECONFIG: process.env.KUBECONFIG,
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: 'test',
      // The type check is `npm run lint`'s; here it would cost ten seconds a program.
      PULUMI_NODEJS_TRANSPILE_ONLY: 'true',
      ...options.environment,
    };
    // The Automation API looks for `pulumi` on this process's own PATH, whatever envVars say.
    process.env.PATH = environment.PATH;
    const envVars = Object.fromEntries(
      Object.entries(environment).filter((one): one is [string, string] => one[1] !== undefined),
    );
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: options.stack ?? 'test', workDir: folder },
      { envVars, pulumiCommand: await PulumiCommand.get({ skipVersionCheck: true }) },
    );
    const example = new Example(stack, folder);
    await example.configure(options.config ?? {});
    return example;
  }

  /** As by `pulumi config set`. */
  async configure(values: Readonly<Record<string, string>>): Promise<void> {
    const { name: project } = await this.stack.workspace.projectSettings();
    for (const [key, value] of Object.entries(values))
      await this.stack.setConfig(key.includes(':') ? key : `${project}:${key}`, { value });
  }

  /** The project as it is after a pull request: the program of another example in its place. */
  becomes(name: string): void {
    copyFileSync(join(examples, name, 'index.ts'), join(this.folder, 'index.ts'));
  }

  /** With more text at the end of its program. */
  adds(text: string): void {
    appendFileSync(join(this.folder, 'index.ts'), text);
  }

  /** What a preview says would be done, such as `create kubernetes:core/v1:Service hippo`. */
  async previewed(
    options: Pick<PreviewOptions, 'policyPacks'> = {},
  ): Promise<{ steps: string[]; output: string }> {
    const steps: string[] = [];
    const { stdout } = await this.stack.preview({
      ...options,
      onEvent: ({ resourcePreEvent: found }) => {
        if (found) steps.push(`${found.metadata.op} ${found.metadata.urn.split('::').slice(-2).join(' ')}`);
      },
    });
    return { steps, output: stdout };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
