import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { installedPlugin, onPath, satisfies } from '../../../local/pulumi/installed';
import { cliVersion } from '../../../local/pulumi/tools';

describe('local/pulumi: what is installed', () => {
  let scratch: string;
  beforeEach(() => (scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'installed-'))));
  afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

  const program = (...names: string[]): string => {
    const file = path.join(scratch, ...names);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
    return file;
  };

  const versions: [string, string, string, boolean][] = [
    ['the same release', '4.34.2', '4.34.2', true],
    ['a newer patch', '4.34.3', '4.34.2', true],
    ['a newer minor with a lower patch', '4.35.0', '4.34.2', true],
    ['an older minor', '4.33.9', '4.34.2', false],
    ['another major', '5.0.0', '4.34.2', false],
    ['a pre-release', '4.34.2-alpha.1', '4.34.2', false],
  ];
  for (const [sentence, found, wanted, expected] of versions) {
    it(`${sentence} (${found} for ${wanted}) ${expected ? 'serves' : 'does not serve'}`, () => {
      assert.equal(satisfies(found, wanted), expected);
    });
  }

  it('finds the first executable of a name on PATH and passes over folders and plain files', () => {
    fs.mkdirSync(path.join(scratch, 'a', 'pulumi'), { recursive: true });
    fs.mkdirSync(path.join(scratch, 'b'));
    fs.writeFileSync(path.join(scratch, 'b', 'pulumi'), '', { mode: 0o644 });
    const wanted = program('c', 'pulumi');
    const search = ['a', 'b', 'c'].map((name) => path.join(scratch, name)).join(path.delimiter);
    assert.equal(onPath('pulumi', search), wanted);
    assert.equal(onPath('pulumi-language-nodejs', search), undefined);
  });

  it('takes a plugin folder only with its program inside', () => {
    fs.mkdirSync(path.join(scratch, 'plugins', 'resource-kubernetes-v4.35.0'), { recursive: true });
    assert.equal(installedPlugin(scratch, 'kubernetes', '4.34.2'), undefined);
    program('plugins', 'resource-kubernetes-v4.35.0', 'pulumi-resource-kubernetes');
    assert.equal(
      installedPlugin(scratch, 'kubernetes', '4.34.2'),
      path.join(scratch, 'plugins', 'resource-kubernetes-v4.35.0'),
    );
    assert.equal(installedPlugin(scratch, 'kubernetes', '5.0.0'), undefined);
  });

  it('reads the CLI release from go.mod, also in a require block', () => {
    assert.equal(cliVersion('require (\n\tgithub.com/pulumi/pulumi/pkg/v3 v3.259.0\n)\n'), 'v3.259.0');
    assert.equal(cliVersion('require github.com/pulumi/pulumi/pkg/v3 v3.259.0\n'), 'v3.259.0');
    assert.throws(() => cliVersion('module x\n'), /requires no release of pulumi\/pkg\/v3/);
  });
});
