/** What a new cluster is restored from, and how a member and Pulumi agree on which restore that is. */
import assert from 'node:assert/strict';
import { restoreDigest } from '../../../provider/config/restore-source';

describe('a restore source', () => {
  it('has the digest that the member publishes', () =>
    // The same as in tests/unit/scripts/test_bootstrap_restore.py.
    assert.equal(
      restoreDigest({
        'options.json': '{"type":"default","repository":1}',
        'pgbackrest.conf': '[global]\nä=1\n',
        'tls.crt': 'not part of it',
      }),
      'a78b826ea8d180ac',
    ));
});
