/** Stacks against moto, and what AWS then says of what was made. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as automation from '@pulumi/pulumi/automation';
import { motoEnvironment, startMoto, type Moto } from '../../local/aws/moto';
import { pulumiEnvironment } from '../../local/pulumi/environment';

export const region = 'eu-central-1';

/** What AWS answers, of whatever shape: read by assertions alone, which fail when it is another. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Answer = any;

export class AwsStack {
  program: () => Record<string, unknown> = () => ({});

  private constructor(
    private readonly moto: Moto,
    private readonly folder: string,
    private readonly python: string,
    private readonly variables: Record<string, string>,
  ) {}

  private stack!: automation.Stack;

  /** An empty account, and a stack in it. */
  static async open(): Promise<AwsStack> {
    const environment = await pulumiEnvironment({ aws: true });
    process.env.PATH = environment.PATH;
    const [moto, python] = [await startMoto(), join(await motoEnvironment(), 'bin', 'python')];
    const folder = mkdtempSync(join(tmpdir(), 'backup-bucket-'));
    const variables: Record<string, string> = {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    const opened = new AwsStack(moto, folder, python, variables);
    const envVars = Object.fromEntries(
      Object.entries({ ...environment, ...variables, PULUMI_BACKEND_URL: `file://${folder}` }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );
    opened.stack = await automation.LocalWorkspace.createStack(
      {
        stackName: 'test',
        projectName: 'backup-bucket',
        program: () => Promise.resolve(opened.program()),
      },
      { envVars: { ...envVars, PULUMI_CONFIG_PASSPHRASE: 'test' } },
    );
    return opened;
  }

  close(): void {
    this.moto.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `name: operation` of every resource that changes, and the outputs. */
  async up(): Promise<{ changes: string[]; outputs: Record<string, unknown> }> {
    const changes = new Set<string>();
    const result = await this.stack.up({ onEvent: (event) => collect(event, changes) });
    const outputs = Object.entries(result.outputs).map(([name, output]) => [name, output.value as unknown]);
    return { changes: [...changes].sort(), outputs: Object.fromEntries(outputs) as Record<string, unknown> };
  }

  async preview(): Promise<string[]> {
    const changes = new Set<string>();
    await this.stack.preview({ onEvent: (event) => collect(event, changes) });
    return [...changes].sort();
  }

  async destroy(): Promise<void> {
    await this.stack.destroy();
  }

  /** The value of a Python expression; `s3`, `iam` and `kms` are boto3's clients. */
  ask(expression: string): Answer {
    const script = [
      'import boto3, json',
      "s3, iam, kms = (boto3.client(name) for name in ('s3', 'iam', 'kms'))",
      `print(json.dumps(${expression}, default=str))`,
    ].join('\n');
    const env = { ...process.env, ...this.variables, AWS_DEFAULT_REGION: region };
    const done = spawnSync(this.python, ['-c', script], { encoding: 'utf8', env });
    if (done.status !== 0) throw new Error(`${expression}: ${done.stderr}`);
    return JSON.parse(done.stdout);
  }
}

function collect(event: automation.EngineEvent, changes: Set<string>): void {
  const metadata = event.resourcePreEvent?.metadata;
  if (!metadata || metadata.op === 'same' || metadata.op === 'read') return;
  if (metadata.type.startsWith('pulumi:') || metadata.type.startsWith('postgres-ha:')) return;
  changes.add(`${metadata.urn.split('::').at(-1)}: ${metadata.op}`);
}
