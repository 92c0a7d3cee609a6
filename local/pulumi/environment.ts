// The environment in which `pulumi` and the Automation API work on this machine: what is really
// installed is used as it is; what is missing and can be downloaded is left to Pulumi; the rest is
// built (local/plugins/README.md says from what).
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { cacheRoot } from '../build/cache';
import { stateDirectory } from '../kubernetes/settings';
import { downloadsPossible, installedPlugin, onPath } from './installed';
import { standIn } from './stand-in';
import { pulumiTools } from './tools';

const root = path.resolve(__dirname, '..', '..');

/** The version of a package that this project has installed. */
function packageVersion(name: string): string {
  const manifest: unknown = JSON.parse(
    fs.readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8'),
  );
  return (manifest as { version: string }).version;
}

/** The folder of the `pulumi` to use: the installed one when its language host is there too, else ours. */
async function toolsDirectory(): Promise<string> {
  const installed = onPath('pulumi');
  if (installed) {
    const directory = path.dirname(fs.realpathSync(installed));
    const host = onPath('pulumi-language-nodejs') ?? path.join(directory, 'pulumi-language-nodejs');
    if (fs.existsSync(host)) return path.dirname(installed);
  }
  return pulumiTools();
}

/** Whether Pulumi's own kubernetes plugin is here or can be had; if so nothing needs to be built. */
async function realKubernetesPlugin(tools: string, version: string): Promise<boolean> {
  if (onPath('pulumi-resource-kubernetes')) return true;
  const home = process.env.PULUMI_HOME || path.join(os.homedir(), '.pulumi');
  if (home !== standInHome() && installedPlugin(home, 'kubernetes', version)) return true;
  // Asked only before the stand-in is there for the first time: it costs a second offline.
  if (installedPlugin(standInHome(), 'kubernetes', version)) return false;
  return downloadsPossible(tools, 'kubernetes', version);
}

function standInHome(): string {
  return path.join(cacheRoot(), 'pulumi-home');
}

/** Where stacks are kept when the caller does not say: files beside the local cluster's own, so that each has its own stacks. */
function backend(state: string): string {
  const directory = path.join(state, 'pulumi');
  fs.mkdirSync(directory, { recursive: true });
  return `file://${directory}`;
}

export interface EnvironmentOptions {
  /** The program uses @pulumi/aws: its plugin is needed as well. */
  readonly aws?: boolean;
  /** The folder of the cluster whose stacks are meant. Default: our own cluster's. */
  readonly state?: string;
}

export async function pulumiEnvironment(options: EnvironmentOptions = {}): Promise<NodeJS.ProcessEnv> {
  const tools = await toolsDirectory();
  const environment: NodeJS.ProcessEnv = {
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    ...process.env,
    // This process is run by the Node that @pulumi/pulumi needs; its programs are to be as well.
    PATH: [tools, path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
  };
  const version = packageVersion('@pulumi/kubernetes');
  if (!(await realKubernetesPlugin(tools, version))) {
    // A home of its own: a stand-in must never be found by the user's other projects.
    environment.PULUMI_HOME = standInHome();
    await standIn('kubernetes', standInHome(), version);
    if (options.aws) await standIn('aws', standInHome(), packageVersion('@pulumi/aws'));
    // Without it a missing plugin is looked for on the network, which here takes minutes to fail.
    environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = 'true';
  }
  environment.PULUMI_BACKEND_URL ||= backend(options.state ?? stateDirectory());
  if (environment.PULUMI_CONFIG_PASSPHRASE === undefined && !environment.PULUMI_CONFIG_PASSPHRASE_FILE) {
    environment.PULUMI_CONFIG_PASSPHRASE = 'local';
  }
  return environment;
}
