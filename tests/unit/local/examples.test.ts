/** Every example can be run by somebody who has only its folder, and says whether the tests run it. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '..', '..', '..');
const examples = join(root, 'examples');
const projects = globSync('{*,*/*}/Pulumi{,Policy}.yaml', { cwd: examples }).map(dirname).sort();

/** That of its folder, or of the folder that several belong to. */
function readme(project: string): string {
  const own = [project, dirname(project)].find((folder) => existsSync(join(examples, folder, 'README.md')));
  assert.ok(own && own !== '.', `examples/${project} has no README.md`);
  return readFileSync(join(examples, own, 'README.md'), 'utf8');
}

describe('the examples', () => {
  it('are all in the list', () => {
    const list = readFileSync(join(examples, 'README.md'), 'utf8');
    for (const project of projects)
      assert.ok(list.includes(`](${project.split('/')[0]})`), `examples/README.md does not name ${project}`);
    assert.ok(projects.length >= 10, projects.join());
  });

  for (const project of projects)
    it(`${project} says what it is, and what the tests do with it`, () => {
      const file = ['Pulumi.yaml', 'PulumiPolicy.yaml'].find((one) =>
        existsSync(join(examples, project, one)),
      )!;
      const { description } = parse(readFileSync(join(examples, project, file), 'utf8')) as {
        readonly description?: string;
      };
      assert.ok(description, `${file} has no description`);
      const said = /^Tests: .*$/m.exec(readme(project))?.[0];
      assert.ok(said, 'its README has no line "Tests: …"');
      const tests = [...said.matchAll(/`(tests\/e2e\/[\w.-]+)`/g)].map((found) => found[1]!);
      assert.ok(tests.length > 0, said);
      const naming = tests.filter((test) =>
        readFileSync(join(root, test), 'utf8').toLowerCase().includes(basename(project).toLowerCase()),
      );
      assert.ok(naming.length > 0, `${tests.join()} says nothing of ${project}`);
    });
});
