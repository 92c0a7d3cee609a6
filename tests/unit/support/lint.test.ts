import assert from 'node:assert/strict';
import ts from 'typescript';
import { undocumented } from '../../../local/lint/docstrings';
import { lengthProblems } from '../../../local/lint/file-length';
import { layerProblems } from '../../../local/lint/layers';
import { linkProblems } from '../../../local/lint/links';
import { machineProblems } from '../../../local/lint/machine-text';

describe('lint: import layers', () => {
  const cases: [string, string, string, RegExp | undefined][] = [
    ['manifests may use config', 'provider/manifests/a.ts', `import { x } from '../config/x';`, undefined],
    ['manifests may use names', 'provider/config/a.ts', `import { n } from '../manifests/names';`, undefined],
    [
      'types are always allowed',
      'provider/live/a.ts',
      `import type { P } from '../cluster/parts';`,
      undefined,
    ],
    ['inline types as well', 'provider/live/a.ts', `import { type P } from '../cluster/parts';`, undefined],
    [
      'live does not use manifests',
      'provider/live/a.ts',
      `import { pod } from '../manifests/pod';`,
      /provider\/manifests\/pod\.ts, a value of layer manifests: live may import no other layer/,
    ],
    [
      'config does not use manifests',
      'provider/config/a.ts',
      `import { pod } from '../manifests/pod';`,
      /config may import no other layer/,
    ],
    [
      'actions do not use the component',
      'provider/actions/rollout/resource.ts',
      `const c = require('../../cluster/parts');`,
      /actions may import .*manifests, config, live/,
    ],
    [
      'a plan uses no client',
      'provider/actions/rollout/plan.ts',
      `import * as k from '@kubernetes/client-node';`,
      /is pure/,
    ],
    [
      'a plan may name its types',
      'provider/actions/rollout/plan.ts',
      `import type { V1Pod } from '@kubernetes/client-node';`,
      undefined,
    ],
    [
      'manifests use no Pulumi',
      'provider/manifests/a.ts',
      `import * as pulumi from '@pulumi/pulumi';`,
      /is pure/,
    ],
    ['config reads no files', 'provider/config/a.ts', `import { readFileSync } from 'node:fs';`, /is pure/],
    ['but its scripts', 'provider/config/scripts.ts', `import { readFileSync } from 'node:fs';`, undefined],
    [
      'validation has no clock',
      'provider/cluster/validation/a.ts',
      `export const t = new Date();`,
      /uses new Date\(\)/,
    ],
    [
      'a given date is no clock',
      'provider/cluster/validation/a.ts',
      `export const t = new Date(0);`,
      undefined,
    ],
    [
      'manifests have no chance',
      'provider/manifests/a.ts',
      `export const t = Math.random();`,
      /uses Math\.random/,
    ],
    [
      'provider does not use local',
      'provider/cmd/pgha/a.ts',
      `import { up } from '../../../local/kubernetes/cluster';`,
      /what is published/,
    ],
    [
      'not even its types',
      'provider/cmd/pgha/a.ts',
      `import type { C } from '../../../tests/support/x';`,
      /what is published/,
    ],
    ['a file belongs to a layer', 'provider/misc/a.ts', ``, /is in no layer/],
    [
      'tests may use anything',
      'tests/unit/a.ts',
      `import { pod } from '../../provider/manifests/pod';`,
      undefined,
    ],
  ];
  for (const [title, path, text, expected] of cases)
    it(title, () => {
      const messages = layerProblems(path, text).map((problem) => problem.message);
      if (!expected) assert.deepEqual(messages, []);
      else assert.match(messages.join('\n'), expected);
    });
});

describe('lint: other rules', () => {
  it('warns over 300 lines and fails over 320', () => {
    const file = (lines: number) => ({ path: 'provider/a.ts', text: 'x\n'.repeat(lines) });
    assert.deepEqual(lengthProblems(file(300)), []);
    assert.equal(lengthProblems(file(301))[0]?.warning, true);
    assert.equal(lengthProblems(file(320))[0]?.warning, true);
    assert.equal(lengthProblems(file(321))[0]?.warning, false);
  });

  it('wants a doc comment on everything public, once for a value and a type of one name', () => {
    const text = `
      /** Modes. */
      export const Mode = {
        /** Off. */
        off: 'off',
        on: 'on',
      } as const;
      export type Mode = 'off' | 'on';
      /** Arguments. */
      export interface Args {
        /** Size. */
        size: string;
        colour: string;
      }
      interface Hidden { anything: string }
      export function f(): void {}
    `;
    const file = ts.createSourceFile('a.ts', text, ts.ScriptTarget.ES2023, true);
    const missing = undocumented(file).map((entry) => entry.what);
    assert.deepEqual(missing, ['Mode.on', 'Args.colour', 'f']);
  });

  it('finds texts of this machine', () => {
    const source = { path: 'docs/a.md', text: 'one\nnpm --registry https://mirror.example/x\n' };
    const forbidden = [{ what: 'the host of a registry of this machine', text: 'mirror.example' }];
    assert.equal(machineProblems(source, forbidden)[0]?.line, 2);
    assert.deepEqual(machineProblems({ ...source, path: 'package-lock.json' }, forbidden), []);
  });
});

describe('lint: links', () => {
  const there = [
    { path: 'README.md', text: '# A\n' },
    { path: 'docs/b.md', text: '# B\n## Not done: `x`, yet\n```sh\n# no heading\n```\n## Twice\n## Twice\n' },
    { path: 'sdk/go/main.go', text: '' },
  ];
  const cases: [string, string, RegExp | undefined][] = [
    ['a page', '[b](docs/b.md)', undefined],
    ['a folder', '[go](sdk/go) [all](./sdk/)', undefined],
    ['a heading', '[b](docs/b.md#not-done-x-yet) [t](docs/b.md#twice-1) [here](#c)', undefined],
    ['another site, mail', '[x](https://example.org/no.md) [y](mailto:a@example.org)', undefined],
    ['what is code is no link', '`[x](no.md)`\n\n```md\n[x](no.md)\n```\n', undefined],
    ['no such page', '[b](docs/c.md)', /^3: the link docs\/c\.md leads to docs\/c\.md, which does not exist/],
    ['no such heading', '[b](docs/b.md#no-heading)', /a heading #no-heading that docs\/b\.md does not have/],
    ['no such heading here', '[b](#d)', /a heading #d that c\.md does not have/],
    ['a reference', 'See [b].\n\n[b]: docs/c.md\n', /^5: the link docs\/c\.md/],
    ['a file in the text', 'see `sdk/go/main.go`', undefined],
    ['no such file in the text', 'see `sdk/go/other.go`', /^3: names sdk\/go\/other\.go/],
  ];
  for (const [title, text, expected] of cases)
    it(title, () => {
      const found = linkProblems([...there, { path: 'c.md', text: `# C\n\n${text}` }]);
      const messages = found.map(({ line, message }) => `${line}: ${message}`).join('\n');
      if (expected) assert.match(messages, expected);
      else assert.equal(messages, '');
    });
});
