// The Pulumi CLI with what it expects beside itself: the language host of Node and the plugin of
// dynamic providers. Only next to `pulumi` are the two found without a warning
// (pulumi/pulumi sdk/go/common/workspace/plugins.go: "bundled" plugins).
import * as fs from 'node:fs';
import * as path from 'node:path';
import { built } from '../build/cache';
import { buildGo } from './go';

const here = __dirname;
const cliModule = path.join(here, 'cli');
// Not the module's other program.
const cliSources = ['go.mod', 'go.sum', 'tools.go'].map((name) => path.join(cliModule, name));
const hostModule = path.join(here, 'language-nodejs');
const dynamicPlugin = path.resolve(here, '../../node_modules/@pulumi/pulumi/pulumi-resource-pulumi-nodejs');

/** The release of the CLI, which go.mod is the one place to say. */
export function cliVersion(goMod: string): string {
  const match = /^(?:require)?\s*github\.com\/pulumi\/pulumi\/pkg\/v3 (v\d+\.\d+\.\d+)$/m.exec(goMod);
  if (!match?.[1]) throw new Error(`${path.join(cliModule, 'go.mod')} requires no release of pulumi/pkg/v3`);
  return match[1];
}

/** The folder that holds `pulumi`, `pulumi-language-nodejs` and `pulumi-resource-pulumi-nodejs`. */
export async function pulumiTools(): Promise<string> {
  const version = cliVersion(fs.readFileSync(path.join(cliModule, 'go.mod'), 'utf8'));
  return built({
    name: 'pulumi-tools',
    version,
    sources: [
      ...cliSources,
      hostModule,
      path.join(here, 'protocol'),
      dynamicPlugin,
      path.join(here, 'go.ts'),
    ],
    async build(directory, log) {
      await buildGo(
        {
          module: cliModule,
          main: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
          output: path.join(directory, 'pulumi'),
          variables: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': version },
        },
        log,
      );
      await buildGo(
        {
          module: hostModule,
          main: '.',
          output: path.join(directory, 'pulumi-language-nodejs'),
          variables: { 'main.version': version.slice(1) },
        },
        log,
      );
      const plugin = path.join(directory, path.basename(dynamicPlugin));
      fs.copyFileSync(dynamicPlugin, plugin);
      fs.chmodSync(plugin, 0o755);
    },
  });
}
