import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cniConfig, mayLowerOomScore } from '../../../local/kubernetes/containerd';
import { corefile } from '../../../local/kubernetes/dns';
import { overlaps } from '../../../local/kubernetes/network';
import { missingPackages, raiseWatches } from '../../../local/kubernetes/rights';
import { fabricCidr, findNode, nodes, podCidr, stateDirectory } from '../../../local/kubernetes/settings';
import { age, table } from '../../../local/kubernetes/status';

describe('the local cluster', () => {
  it('gives every node addresses of its own', () => {
    const all = nodes();
    assert.deepEqual(
      all.map(({ address }) => address),
      [11, 12, 13].map((last) => fabricCidr.replace('0.0/16', `0.${last}`)),
    );
    assert.equal(new Set(all.flatMap(({ podCidr, zone, namespace }) => [podCidr, zone, namespace])).size, 9);
    assert.equal(
      JSON.parse(cniConfig(all[1]!)).plugins[0].ipam.ranges[0][0].subnet,
      podCidr.replace('0.0/16', '2.0/24'),
    );
  });

  it('says which nodes there are when it is asked for another', () => {
    assert.throws(() => findNode('node4'), /there is no node node4: the nodes are node1, node2, node3/);
  });

  it('keeps its state where its user may write', () => {
    assert.equal(stateDirectory({}, true), '/var/lib/pulumi-postgres-ha');
    assert.equal(stateDirectory({ XDG_STATE_HOME: '/x' }, false), '/x/pulumi-postgres-ha');
    assert.equal(stateDirectory({}, false), join(homedir(), '.local/state/pulumi-postgres-ha'));
    assert.equal(stateDirectory({ PULUMI_POSTGRES_HA_STATE: '/s' }, true), '/s');
  });

  it('sees whether two networks overlap', () => {
    assert.ok(overlaps('10.213.0.0/16', '10.0.0.0/8'));
    assert.ok(overlaps('10.213.0.0/16', '10.213.7.1'));
    assert.ok(!overlaps('10.213.0.0/16', '10.214.0.0/16'));
    assert.ok(!overlaps('10.213.0.0/16', '192.0.2.0/24'));
  });

  it('reads from the capabilities whether OOM scores may be lowered', () => {
    assert.equal(mayLowerOomScore('CapEff:\t000001fffeffffff\n'), false);
    assert.equal(mayLowerOomScore('CapEff:\t000001ffffffffff\n'), true);
  });

  it('names missing packages once', () => {
    const missing = missingPackages((name) => !['containerd', 'ctr', 'socat'].includes(name));
    assert.deepEqual(
      missing.filter((name) => name !== 'containernetworking-plugins'),
      ['containerd', 'socat'],
    );
  });

  describe('the limit of inotify instances', () => {
    const folder = mkdtempSync(join(tmpdir(), 'inotify-'));
    after(() => rmSync(folder, { recursive: true }));
    const cases: readonly [what: string, found: string, left: string, said: RegExp][] = [
      ['is raised', '128\n', '1024', /max_user_instances raised from 128 to 1024/],
      ['stays when it is high enough', '8192\n', '8192\n', /^$/],
    ];
    for (const [title, found, left, said] of cases)
      it(title, () => {
        const file = join(folder, 'limit');
        writeFileSync(file, found);
        const lines: string[] = [];
        raiseWatches(file, (line) => lines.push(line));
        assert.equal(readFileSync(file, 'utf8'), left);
        assert.match(lines.join('\n'), said);
      });

    it('is told of when it may not be raised', () => {
      const lines: string[] = [];
      // A small number that not even root may write.
      raiseWatches('/proc/sys/kernel/cap_last_cap', (line) => lines.push(line));
      assert.match(lines.join('\n'), /run `sudo sysctl fs\.inotify\.max_user_instances=1024`/);
    });
  });

  it('answers names of the cluster only', () => {
    assert.match(corefile('/k'), /kubernetes cluster\.local in-addr\.arpa/);
    assert.doesNotMatch(corefile('/k'), /forward/);
  });

  it('prints a table and ages', () => {
    assert.equal(
      table([
        ['A', 'LONG'],
        ['abc', 'x'],
      ]),
      'A    LONG\nabc  x',
    );
    assert.deepEqual([5, 65, 7100, 7300].map(age), ['5s', '1m', '118m', '2h']);
  });
});
