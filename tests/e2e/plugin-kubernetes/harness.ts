// Drives the real Pulumi CLI against a real API server, for the conformance tests of the
// kubernetes plugin. The same tests pass with the real plugin: they say what it does.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as kubernetes from '@pulumi/kubernetes';
import * as automation from '@pulumi/pulumi/automation';
import { pulumiEnvironment } from '../../../local/pulumi/environment';
import { create, kubeconfig, type Metadata, remove } from './api';

/** What one operation did with one resource. */
export interface Step {
  name: string;
  op: string;
  /** Property path → kind of change. */
  diff: Record<string, string>;
}

export interface StateResource {
  id: string;
  outputs: { metadata?: Metadata; __fieldManager?: string; __initialApiVersion?: string };
}

export interface Outcome {
  steps: Step[];
  /** Diagnostics and the CLI's own output. */
  text: string;
  outputs: Record<string, unknown>;
}

/** Makes the resources; what it returns, if an object, are the stack's outputs. */
export type Program = (provider: kubernetes.Provider) => unknown;

export interface StackOptions {
  /** Arguments of the provider beside the kubeconfig. */
  provider?: Partial<kubernetes.ProviderArgs>;
}

let counter = 0;
const backend = fs.mkdtempSync(path.join(os.tmpdir(), 'plugin-kubernetes-'));
process.on('exit', () => fs.rmSync(backend, { recursive: true, force: true }));

/** A name that no other run of these tests uses. */
export function unique(prefix: string): string {
  return `${prefix}-${process.pid.toString(36)}-${counter++}`;
}

function collect(steps: Step[]): (event: automation.EngineEvent) => void {
  return (event) => {
    const metadata = (event.resourcePreEvent ?? event.resOutputsEvent)?.metadata;
    if (!metadata || metadata.type.startsWith('pulumi:')) return;
    // A refresh reports what it found only when it is done with a resource.
    if (event.resOutputsEvent && !['refresh', 'update', 'delete'].includes(metadata.op)) return;
    const diff = Object.fromEntries(
      Object.entries(metadata.detailedDiff ?? {}).map(([at, change]) => [at, change.diffKind as string]),
    );
    const name = metadata.urn.split('::').at(-1) ?? '';
    const known = steps.find((step) => step.name === name && step.op === metadata.op);
    if (!known) steps.push({ name, op: metadata.op, diff });
  };
}

export class TestStack {
  program: Program;
  private readonly stack: automation.Stack;

  private constructor(
    stack: automation.Stack,
    private readonly name: string,
    program: Program,
  ) {
    this.stack = stack;
    this.program = program;
  }

  static async create(program: Program, options: StackOptions = {}): Promise<TestStack> {
    const environment = await pulumiEnvironment();
    const envVars = Object.fromEntries(
      Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    // The Automation API looks for `pulumi` itself on this process's own PATH.
    process.env.PATH = environment.PATH;
    const name = unique('conformance');
    // The program runs when the stack exists: it is asked for through this.
    const current: { stack?: TestStack } = {};
    const stack = await automation.LocalWorkspace.createStack(
      {
        stackName: 'test',
        projectName: name,

        program: async () => {
          const provider = new kubernetes.Provider('provider', { kubeconfig, ...options.provider });
          return (current.stack?.program(provider) ?? {}) as Record<string, unknown>;
        },
      },
      { envVars: { ...envVars, PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: 'test' } },
    );
    current.stack = new TestStack(stack, name, program);
    return current.stack;
  }

  private async operate(
    run: (options: {
      onEvent: (event: automation.EngineEvent) => void;
      onOutput: (text: string) => void;
      onError: (text: string) => void;
      color: 'never';
    }) => Promise<{ outputs?: automation.OutputMap }>,
  ): Promise<Outcome> {
    const steps: Step[] = [];
    let text = '';
    const append = (more: string): void => void (text += more);
    try {
      const result = await run({
        onEvent: collect(steps),
        onOutput: append,
        onError: append,
        color: 'never',
      });
      const outputs = Object.entries(result.outputs ?? {}).map(([name, output]) => [
        name,
        output.value as unknown,
      ]);
      return { steps, text, outputs: Object.fromEntries(outputs) as Record<string, unknown> };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new OperationFailed(`${text}\n${reason}`, steps);
    }
  }

  preview(): Promise<Outcome> {
    return this.operate((options) => this.stack.preview(options).then(() => ({})));
  }
  up(more: Partial<automation.UpOptions> = {}): Promise<Outcome> {
    return this.operate((options) => this.stack.up({ ...options, ...more }));
  }
  refresh(): Promise<Outcome> {
    return this.operate((options) => this.stack.refresh(options).then(() => ({})));
  }
  destroy(): Promise<Outcome> {
    return this.operate((options) => this.stack.destroy({ ...options, remove: false }).then(() => ({})));
  }
  cancel(): Promise<void> {
    return this.stack.cancel();
  }
  /** The state file as it lies in the backend, secrets encrypted. */
  state(): string {
    return fs.readFileSync(path.join(backend, '.pulumi', 'stacks', this.name, 'test.json'), 'utf8');
  }
  /** The resources of the state by name, secrets in plain. */
  async resources(): Promise<Record<string, StateResource>> {
    const deployment = (await this.stack.exportStack()).deployment as {
      resources: (StateResource & { urn: string })[];
    };
    return Object.fromEntries(deployment.resources.map((each) => [each.urn.split('::').at(-1), each]));
  }
}

export class OperationFailed extends Error {
  constructor(
    message: string,
    readonly steps: Step[],
  ) {
    super(message);
  }
}

/** The failure of an operation that must fail. */
export async function failure(operation: Promise<unknown>): Promise<OperationFailed> {
  try {
    await operation;
  } catch (error) {
    if (error instanceof OperationFailed) return error;
    throw error;
  }
  throw new Error('the operation succeeded, and was to fail');
}

/** `name: op` of each step that is a change, sorted. */
export function changes(outcome: { steps: Step[] }): string[] {
  return outcome.steps
    .filter((step) => step.op !== 'same' && step.op !== 'refresh')
    .map((step) => `${step.name}: ${step.op}`)
    .sort();
}

/** A namespace of its own for a group of tests, gone after them. */
export function testNamespace(): string {
  const name = unique('kp');
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  before(() => create(namespace));
  after(() => remove(namespace));
  return name;
}
