import assert from 'node:assert/strict';
import { cniConfig, mayLowerOomScore } from '../../../local/kubernetes/containerd';
import { corefile } from '../../../local/kubernetes/dns';
import { overlaps } from '../../../local/kubernetes/network';
import { missingPackages } from '../../../local/kubernetes/rights';
import { fabricCidr, findNode, nodes, podCidr } from '../../../local/kubernetes/settings';
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
