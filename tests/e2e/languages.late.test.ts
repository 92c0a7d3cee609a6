/** Programs in other languages: each makes a cluster by the plugin, and restarts it with the plan in the preview. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LocalWorkspace, type Stack } from '@pulumi/pulumi/automation';
import { installedAlone } from '../../local/package/alone';
import { packageSchema } from '../../local/schema/schema';
import type { PackageSpec } from '../../local/schema/spec';
import { readJournal } from '../../provider/actions/core/journal';
import { DeployedCluster } from '../support/cluster';
import { goProgram, missingTools, ProgramStack, pythonProgram } from '../support/languages/programs';
import { yamlProgram } from '../support/languages/yaml';
import { keepLogs } from '../support/logs';
import { planIn } from '../support/plan-in';
import { TestStack } from '../support/stack';

const root = join(__dirname, '..', '..');
const project = 'languages';
const members = 2;

/** A stack of one language, beside the same one in TypeScript. */
interface Language {
  readonly name: 'python' | 'go';
  readonly namespace: string;
  readonly typescript: TestStack;
  readonly program: ProgramStack;
  hippo: DeployedCluster;
}

describe('programs in other languages', () => {
  let languages: Language[] = [];
  /** Where npm has installed the package, and nothing of this repository is. */
  let installed: string;

  /** With the plugin on PATH, as npm puts it there. */
  const withPlugin = ({ environment }: TestStack): NodeJS.ProcessEnv => ({
    ...environment,
    PATH: [environment.PATH, join(installed, 'node_modules', '.bin')].join(delimiter),
  });

  before(async function () {
    this.timeout(900_000);
    const missing = missingTools();
    if (missing.length > 0) {
      console.log(`      skipped: this machine can't run ${missing.join(', ')}`);
      return this.skip();
    }
    const kubeconfig = process.env.KUBECONFIG!;
    installed = await installedAlone();
    const programs = { python: await pythonProgram(), go: await goProgram() };
    languages = await Promise.all(
      (['python', 'go'] as const).map(async (name): Promise<Language> => {
        const namespace = `e2e-${name}`;
        const typescript = await TestStack.open(namespace, kubeconfig, {
          program: join(__dirname, '../support/languages/typescript'),
          namespace: true,
        });
        const environment = withPlugin(typescript);
        const program = new ProgramStack(programs[name], environment, namespace, project);
        const preview = await program.run('preview', { namespace });
        assert.match(preview, /postgres-ha:index:PostgresCluster/);
        assert.match(planIn('Foundation', preview).join('\n'), /create PersistentVolumeClaim hippo-1-data/);
        await program.run('up', { namespace });
        const hippo = await DeployedCluster.of('hippo', namespace, kubeconfig, 'hippo-user-app');
        await hippo.whole(members);
        return { name, namespace, typescript, program, hippo };
      }),
    );
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    for (const { hippo, name } of languages) await keepLogs(hippo, `${name} ${this.currentTest.title}`);
  });

  after(async function () {
    this.timeout(300_000);
    await Promise.all(
      languages.map(async ({ hippo, program, namespace }) => {
        hippo.close();
        await program.run('destroy', { namespace });
      }),
    );
  });

  const starts = async ({ hippo }: Language): Promise<string[]> =>
    Promise.all(
      ['hippo-1', 'hippo-2'].map((name) =>
        hippo.sql(`${name}-0`, 'select pg_postmaster_start_time()', 30_000),
      ),
    );
  const runs = async ({ hippo, namespace }: Language) =>
    (await readJournal(hippo.live, namespace, 'hippo')).map(({ kind, state }) => `${kind} ${state}`);

  const restarted = async (language: Language): Promise<void> => {
    const { program, namespace, hippo } = language;
    const config = { namespace, restart: 'first' };
    const before = await starts(language);
    const primary = await hippo.primary();
    const shown = planIn('Restart', await program.run('preview', config));
    assert.match(shown.at(-2)!, new RegExp(`switchover from ${primary}`));
    assert.deepEqual(await starts(language), before);
    assert.deepEqual(planIn('Restart', await program.run('up', config)), shown);
    await hippo.whole(members);
    const after = await starts(language);
    after.forEach((one, member) => assert.notEqual(one, before[member]));
    assert.match(await program.run('up', config), /\d+ unchanged/);
    assert.deepEqual(await starts(language), after);
  };

  it('in Python and in Go restart the cluster they have made, as the preview says, once', async function () {
    this.timeout(400_000);
    await Promise.all(languages.map(restarted));
  });

  it('ask the plugin who the members are', async function () {
    this.timeout(120_000);
    const { program, namespace, hippo } = languages[0]!;
    const primary = await hippo.primary();
    const other = primary === 'hippo-1' ? 'hippo-2' : 'hippo-1';
    const { roles } = JSON.parse(await program.run('outputs', { namespace, restart: 'first' })) as {
      roles: object;
    };
    assert.deepEqual(roles, { [primary]: 'primary', [other]: 'sync standby' });
  });

  it('move to the dynamic resources of a program in TypeScript and back, and nothing runs again', async function () {
    this.timeout(300_000);
    const language = languages[0]!;
    const { typescript, program, namespace } = language;
    const config = { namespace, restart: 'first' };
    const [before, performed] = [await starts(language), await runs(language)];
    const { summary } = await typescript.upWith(config);
    assert.deepEqual(
      Object.keys(summary.resourceChanges ?? {}),
      ['same'],
      JSON.stringify(summary.resourceChanges),
    );
    const types = (await typescript.resources())
      .map(({ type }) => type)
      .filter((type) => /postgres-ha/.test(type));
    assert.ok(types.includes('pulumi-nodejs:dynamic/postgres-ha:Rollout'), types.join());
    const back = await program.run('up', config);
    assert.doesNotMatch(back, /created|updated|replaced|deleted/);
    assert.deepEqual(await starts(language), before);
    assert.deepEqual(await runs(language), performed);
  });

  describe('in YAML', () => {
    const schema = packageSchema(root);
    const stackOf = async (given: PackageSpec, change: Record<string, object> = {}): Promise<Stack> => {
      const { typescript } = languages[1]!;
      const environment = withPlugin(typescript);
      const workDir = join(typescript.folder, 'yaml');
      mkdirSync(workDir, { recursive: true });
      const stack = await LocalWorkspace.createOrSelectStack(
        {
          stackName: 'yaml',
          projectName: 'yaml',
          program: yamlProgram(join(root, 'examples/yaml/Pulumi.yaml'), given, change),
        },
        { workDir, envVars: environment as Record<string, string> },
      );
      // In its own the examples of other tests make a cluster of the same name, at the same time.
      await stack.setConfig('namespace', { value: 'e2e-languages-yaml' });
      return stack;
    };

    it('the example is previewed', async function () {
      this.timeout(120_000);
      const { stdout, changeSummary } = await (await stackOf(schema)).preview();
      assert.match(stdout, /postgres-ha:index:Restart restart create/);
      assert.ok((changeSummary.create ?? 0) > 20);
    });

    it('two clusters are made at the same time, each with what is its own', async function () {
      this.timeout(120_000);
      const { stdout } = await (
        await stackOf(schema, { rhino: { namespace: 'zoo', replicas: 2 } })
      ).preview();
      assert.match(stdout, /kubernetes:apps\/v1:StatefulSet rhino-3 create|rhino-foundation/);
      for (const name of ['hippo', 'rhino']) assert.match(stdout, new RegExp(`Foundation of ${name}, plan`));
    });

    it('what is wrong is refused in the preview, in the words of the component', async function () {
      this.timeout(120_000);
      const stack = await stackOf(schema, { hippo: { replicas: 99, storage: { size: 'large' } } });
      await assert.rejects(stack.preview(), (error: Error) => {
        assert.match(error.message, /replicas/);
        assert.match(error.message, /storage\.size/);
        return true;
      });
    });
  });
});
