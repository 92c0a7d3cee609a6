import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { unfit } from '../../../provider/live/certificates';
import { createAuthority, issue } from '../../../provider/live/issuing';

const request = {
  commonName: 'hippo',
  dnsNames: ['hippo', 'hippo.ns.svc', '*.hippo-members.ns.svc', 'localhost'],
  ipAddresses: ['127.0.0.1', '::1'],
  usages: ['serverAuth'],
  days: 90,
};

describe('certificates', () => {
  const authority = createAuthority('hippo CA', 3650);

  it('makes a CA that may sign, for ten years', () => {
    const ca = new X509Certificate(authority.certificate);
    assert.equal(ca.ca, true);
    assert.ok(ca.verify(ca.publicKey));
    assert.ok(new Date(ca.validTo).getTime() > Date.now() + 3649 * 86_400_000);
  });

  it('issues certificates that are of that CA and have the names', () => {
    const { certificate } = issue(authority, request);
    const leaf = new X509Certificate(certificate);
    assert.ok(leaf.checkIssued(new X509Certificate(authority.certificate)));
    assert.equal(leaf.checkHost('hippo.ns.svc'), 'hippo.ns.svc');
    assert.equal(leaf.checkHost('hippo-1-0.hippo-members.ns.svc'), '*.hippo-members.ns.svc');
    assert.equal(leaf.checkIP('::1'), '::1');
    assert.equal(leaf.checkHost('other'), undefined);
    assert.equal(unfit(certificate, authority.certificate, request), undefined);
  });

  // A CA that 0.1.0 made with DER of its own, in a Secret that has been kept; the key protects nothing.
  it('issues with a CA that an earlier release has made', () => {
    const file = (name: string): string =>
      readFileSync(join(__dirname, '..', '..', 'golden', 'kept-authority', name), 'utf8');
    const kept = { certificate: file('ca.crt'), key: file('ca.key') };
    const { certificate } = issue(kept, request);
    const leaf = new X509Certificate(certificate);
    assert.ok(leaf.checkIssued(new X509Certificate(kept.certificate)));
    assert.equal(leaf.issuer, 'CN=shop/hippo CA');
    assert.equal(unfit(certificate, kept.certificate, request), undefined);
  });

  it('never issues two with one serial number', () => {
    const serials = Array.from(
      { length: 20 },
      () => new X509Certificate(issue(authority, request).certificate).serialNumber,
    );
    assert.equal(new Set(serials).size, 20);
  });

  it('keeps up a TLS connection with verification of both sides', async () => {
    const server = issue(authority, request);
    const client = issue(authority, {
      commonName: 'replicator',
      dnsNames: [],
      usages: ['clientAuth'],
      days: 90,
    });
    const listener = createServer(
      {
        cert: server.certificate,
        key: server.key,
        ca: authority.certificate,
        requestCert: true,
        rejectUnauthorized: true,
      },
      (socket) => socket.end((socket.getPeerCertificate().subject as { CN: string }).CN),
    );
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    try {
      const greeting = await new Promise<string>((resolve, reject) => {
        const socket = connect({
          port: (listener.address() as AddressInfo).port,
          host: '127.0.0.1',
          servername: 'localhost',
          ca: authority.certificate,
          cert: client.certificate,
          key: client.key,
        });
        socket.on('data', (data) => resolve(data.toString()));
        socket.on('error', reject);
      });
      assert.equal(greeting, 'replicator');
    } finally {
      listener.close();
    }
  });

  const cases: [string, object, Date | undefined, string][] = [
    ['of another name', { dnsNames: ['hippo'] }, undefined, 'its names have changed'],
    ['of another common name', { commonName: 'dumbo' }, undefined, 'its common name has changed'],
    ['that expires soon', {}, new Date(Date.now() + 61 * 86_400_000), 'it expires soon'],
    ['that has expired', {}, new Date(Date.now() + 91 * 86_400_000), 'it has expired'],
  ];
  for (const [sentence, change, now, reason] of cases)
    it(`does not keep one ${sentence}`, () => {
      const { certificate } = issue(authority, request);
      assert.equal(unfit(certificate, authority.certificate, { ...request, ...change }, now), reason);
    });

  it('does not keep one of another CA', () => {
    const other = createAuthority('hippo CA', 3650);
    assert.equal(
      unfit(issue(other, request).certificate, authority.certificate, request),
      'it is not of this CA',
    );
  });
});
