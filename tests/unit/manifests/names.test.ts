import * as assert from 'node:assert/strict';
import { memberNames, memberOfPod, names, podName, userSecret } from '../../../provider/manifests/names';

describe('names of members', () => {
  const table: [number, string[], string[]][] = [
    [0, [], ['hippo-1']],
    [2, [], ['hippo-1', 'hippo-2', 'hippo-3']],
    [1, ['hippo-2'], ['hippo-1', 'hippo-3']],
    [1, ['hippo-1'], ['hippo-2', 'hippo-3']],
    [1, ['hippo-1', 'hippo-2'], ['hippo-3', 'hippo-4']],
  ];
  for (const [replicas, remove, expected] of table)
    it(`${replicas} replicas without ${remove.join(', ') || 'anything removed'}: ${expected.join(', ')}`, () => {
      assert.deepEqual(memberNames('hippo', replicas, remove), expected);
    });

  it('go to their pods and back', () => {
    assert.equal(memberOfPod(podName('hippo-2')), 'hippo-2');
    assert.equal(memberOfPod('hippo-renew-certificates-29-abcde'), undefined);
  });
});

describe('names of Secrets of users', () => {
  it('are plain for plain roles', () => assert.equal(userSecret('hippo', 'app'), 'hippo-user-app'));

  it('are DNS names for any role, and differ where roles do', () => {
    const roles = ['App', 'app_x', 'app-x', 'é', '日本', "o'hara", 'a'.repeat(63), '-x', 'x-', ' '];
    const secrets = roles.map((role) => userSecret('hippo', role));
    for (const secret of secrets) assert.match(secret, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    assert.equal(new Set(secrets).size, roles.length);
  });
});

describe('names of objects', () => {
  it('are distinct for each kind', () => {
    const of = Object.entries(names)
      .filter(([key]) => /Service/.test(key))
      .flatMap(([, name]) => (name as (cluster: string) => string | string[])('hippo'));
    assert.equal(new Set(of).size, of.length);
  });
});
