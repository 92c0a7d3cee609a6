import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../provider/cmd/pgha/program';

async function pgha(...given: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const output = { write: (text: string) => (out += text), colour: false };
  const code = await run(given, output, (text) => (err += text));
  return { code, out, err };
}

describe('pgha: command line', () => {
  it('has a help that names every command and the exit codes', async () => {
    const { code, out } = await pgha('--help');
    assert.equal(code, 0);
    for (const word of [
      'test',
      'status',
      'show',
      'psql',
      'restart',
      'switchover',
      'fence',
      'version',
      'Exit codes',
      '--kubeconfig',
    ])
      assert.ok(out.includes(word), word);
  });

  it('prints its own version without a cluster', async () => {
    const { code, out } = await pgha('version', '--client', '-o', 'json');
    assert.equal(code, 0);
    assert.match((JSON.parse(out) as { pgha: string }).pgha, /^\d+\.\d+\.\d+/);
  });

  const wrong: [string, string[], RegExp][] = [
    ['an unknown command', ['tst'], /unknown command 'tst'/],
    ['an unknown option', ['test', 'hippo', '--frobnicate'], /unknown option '--frobnicate'/],
    ['an unknown form of output', ['test', 'hippo', '-o', 'xml'], /Allowed choices are text, json/],
    ['restart without a cluster', ['restart'], /missing required argument 'cluster'/],
    ['fence without a member', ['fence', 'hippo'], /missing required argument 'member'/],
    ['psql without a cluster', ['psql'], /missing required argument 'cluster'/],
  ];
  for (const [title, given, expected] of wrong)
    it(`${title} is exit code 2`, async () => {
      const { code, err } = await pgha(...given);
      assert.equal(code, 2);
      assert.match(err, expected);
    });

  it('a cluster that cannot be reached is exit code 1 and one line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pgha-'));
    const file = join(folder, 'kubeconfig');
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      // The discard port: nothing listens there.
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: {} }],
    };
    writeFileSync(file, JSON.stringify(kubeconfig));
    try {
      const { code, err } = await pgha('test', 'hippo', '--kubeconfig', file);
      assert.equal(code, 1);
      assert.match(err, /^pgha: .*can't be reached.*\n$/);
      assert.equal((await pgha('test', '--kubeconfig', file)).code, 2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
