import * as assert from 'node:assert/strict';
import { normalise } from '../../../provider/cluster/normalise';
import type { ResolvedArgs } from '../../../provider/cluster/resolved';
import { UNKNOWN } from '../../../provider/cluster/spec';
import { annotations } from '../../../provider/manifests/names';
import { podTemplate } from '../../../provider/manifests/pod-template';

function fingerprintOf(args: ResolvedArgs): Record<string, string> {
  const template = podTemplate(normalise('hippo', args), 'hippo-1');
  return JSON.parse(template.metadata.annotations[annotations.fingerprint]!) as Record<string, string>;
}

/** The keys in which two clusters' pods differ. */
function differing(a: ResolvedArgs, b: ResolvedArgs): string[] {
  const [x, y] = [fingerprintOf(a), fingerprintOf(b)];
  return [...new Set([...Object.keys(x), ...Object.keys(y)])].filter((key) => x[key] !== y[key]).sort();
}

describe('the fingerprint of a pod', () => {
  const table: [string, ResolvedArgs, string[]][] = [
    ['nothing', {}, []],
    ['the image', { image: 'example/postgres:19' }, ['image']],
    ['memory', { resources: { memory: '1Gi' } }, ['memory']],
    ['requested CPU', { resources: { cpu: '2' } }, ['cpu']],
    ['a CPU limit', { resources: { cpuLimit: '2' } }, ['cpu limit']],
    ['the PostgreSQL version', { postgresVersion: 17 }, ['PostgreSQL']],
    ['anti-affinity', { scheduling: { antiAffinity: 'required' } }, ['anti-affinity']],
    ['a node selector', { scheduling: { nodeSelector: { disk: 'ssd' } } }, ['node selector']],
    ['the priority class', { scheduling: { priorityClass: 'high' } }, ['priority class']],
    ['a WAL volume', { walStorage: { size: '1Gi' } }, ['pod']],
    ['a label', { metadata: { labels: { team: 'a' } } }, ['pod']],
    // What must never restart a member:
    ['a user', { users: [{ name: 'app' }] }, []],
    ['a database', { databases: [{ name: 'shop' }] }, []],
    ['a parameter', { config: { parameters: { work_mem: '8MB' } } }, []],
    ['the number of replicas', { replicas: 2 }, []],
    ['the replication mode', { synchronous: 'strict' }, []],
    ['the size of the volume', { storage: { size: '20Gi' } }, []],
    ['Patroni timing', { patroni: { ttl: 30 } }, []],
    ['the deletion policy', { deletionPolicy: 'delete' }, []],
  ];
  for (const [what, args, keys] of table)
    it(`${what} changes ${keys.length > 0 ? keys.join(', ') : 'nothing in it'}`, () => {
      assert.deepEqual(differing({}, args), keys);
    });

  it('is unknown where the image is', () => {
    assert.ok(
      podTemplate(normalise('hippo', { image: UNKNOWN }), 'hippo-1').metadata.annotations[
        annotations.fingerprint
      ]!.includes(UNKNOWN),
    );
    assert.equal(fingerprintOf({ image: UNKNOWN }).image, UNKNOWN);
    assert.notEqual(fingerprintOf({ image: UNKNOWN }).pod, UNKNOWN);
  });
});
