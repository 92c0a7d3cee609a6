import * as assert from 'node:assert/strict';
import { normalise } from '../../../provider/cluster/normalise';
import { certificateProfiles, serverSecretName } from '../../../provider/config/certificates';
import { connection, memberHosts } from '../../../provider/config/connection';

describe('certificates', () => {
  const spec = normalise('hippo', { namespace: 'shop', replicas: 2 });
  const [server, replication] = certificateProfiles(spec);

  it('of the servers cover every host that a connection names', () => {
    const made = connection(spec, 'postgres', 'x');
    const hosts = [made.host, new URL(made['ro-uri']).hostname, ...memberHosts(spec)];
    for (const host of hosts) {
      const wildcard = host.replace(/^[^.]+/, '*');
      assert.ok(server!.dnsNames.includes(host) || server!.dnsNames.includes(wildcard), host);
    }
    assert.ok(server!.dnsNames.includes('localhost'));
  });

  it('of replication are for clients alone, in the name that pg_ident.conf maps', () => {
    assert.equal(replication!.commonName, 'replicator');
    assert.deepEqual(replication!.usages, ['clientAuth']);
  });

  it('have a common name of at most 64 characters', () => {
    const [long] = certificateProfiles(normalise('a'.repeat(33), { namespace: 'n'.repeat(63) }));
    assert.equal(long!.commonName.length, 64);
  });

  it("of the user's own are not issued", () => {
    const own = normalise('hippo', { tls: { serverSecret: 'wildcard' } });
    assert.deepEqual(
      certificateProfiles(own).map(({ secret }) => secret),
      ['hippo-replication', 'hippo-backup-tls'],
    );
    assert.equal(serverSecretName(own), 'wildcard');
  });
});
