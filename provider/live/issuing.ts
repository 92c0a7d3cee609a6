/**
 * The cluster's own CA, and certificates issued by it: ECDSA P-256, as Patroni, PostgreSQL and
 * libpq all take it. Keys and signatures are node:crypto's; the structures of RFC 5280 are
 * @peculiar/asn1-x509's (docs/decisions/x509.md). Load this file only when something is to be
 * issued: the library takes 85 ms.
 */
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as asn1 from '@peculiar/asn1-x509';
import type { CertificateRequest, Issued } from './certificates';

const ecdsaWithSha256 = new asn1.AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' });
const commonNameType = '2.5.4.3';
const usageOids: Readonly<Record<string, string>> = {
  serverAuth: asn1.id_kp_serverAuth,
  clientAuth: asn1.id_kp_clientAuth,
};
const dayMs = 86_400_000;
/** Clocks differ: what is issued now must be valid on a node whose clock is a little behind. */
const backdateMs = 300_000;

/** A CA of ten years, or of `days`. */
export function createAuthority(commonName: string, days: number, now = new Date()): Issued {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = name(commonName);
  return build({
    subject,
    issuer: subject,
    key: pair.privateKey,
    publicKey: pair.publicKey,
    signer: pair.privateKey,
    days,
    now,
    extensions: [
      critical(asn1.id_ce_basicConstraints, new asn1.BasicConstraints({ cA: true, pathLenConstraint: 0 })),
      critical(
        asn1.id_ce_keyUsage,
        new asn1.KeyUsage(asn1.KeyUsageFlags.keyCertSign | asn1.KeyUsageFlags.cRLSign),
      ),
      extension(
        asn1.id_ce_subjectKeyIdentifier,
        new asn1.SubjectKeyIdentifier(keyIdentifier(pair.publicKey)),
      ),
    ],
  });
}

export function issue(authority: Issued, request: CertificateRequest, now = new Date()): Issued {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { raw, publicKey } = new X509Certificate(authority.certificate);
  const alternatives = [
    ...request.dnsNames.map((dNSName) => new asn1.GeneralName({ dNSName })),
    ...(request.ipAddresses ?? []).map((iPAddress) => new asn1.GeneralName({ iPAddress })),
  ];
  const usages = request.usages.map((usage) => usageOids[usage]!);
  const issuerId = new asn1.KeyIdentifier(keyIdentifier(publicKey));
  return build({
    subject: name(request.commonName),
    issuer: AsnConvert.parse(raw, asn1.Certificate).tbsCertificate.subject,
    key: pair.privateKey,
    publicKey: pair.publicKey,
    signer: createPrivateKey(authority.key),
    days: request.days,
    now,
    extensions: [
      critical(asn1.id_ce_basicConstraints, new asn1.BasicConstraints()),
      critical(asn1.id_ce_keyUsage, new asn1.KeyUsage(asn1.KeyUsageFlags.digitalSignature)),
      extension(asn1.id_ce_extKeyUsage, new asn1.ExtendedKeyUsage(usages)),
      ...(alternatives.length > 0
        ? [extension(asn1.id_ce_subjectAltName, new asn1.SubjectAlternativeName(alternatives))]
        : []),
      extension(
        asn1.id_ce_subjectKeyIdentifier,
        new asn1.SubjectKeyIdentifier(keyIdentifier(pair.publicKey)),
      ),
      extension(
        asn1.id_ce_authorityKeyIdentifier,
        new asn1.AuthorityKeyIdentifier({ keyIdentifier: issuerId }),
      ),
    ],
  });
}

function build(parts: {
  subject: asn1.Name;
  issuer: asn1.Name;
  key: KeyObject;
  publicKey: KeyObject;
  signer: KeyObject;
  days: number;
  now: Date;
  extensions: asn1.Extension[];
}): Issued {
  const start = parts.now.getTime();
  const serial = Buffer.concat([Buffer.from([0x40 | (randomBytes(1)[0]! & 0x3f)]), randomBytes(15)]);
  const tbsCertificate = new asn1.TBSCertificate({
    version: asn1.Version.v3,
    serialNumber: bytes(serial),
    signature: ecdsaWithSha256,
    issuer: parts.issuer,
    subject: parts.subject,
    validity: new asn1.Validity({
      notBefore: whole(start - backdateMs),
      notAfter: whole(start + parts.days * dayMs),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(publicDer(parts.publicKey), asn1.SubjectPublicKeyInfo),
    extensions: new asn1.Extensions(parts.extensions),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), parts.signer);
  const certificate = new asn1.Certificate({
    tbsCertificate,
    signatureAlgorithm: ecdsaWithSha256,
    signatureValue: bytes(signature),
  });
  return {
    certificate: new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString(),
    key: parts.key.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function name(commonName: string): asn1.Name {
  const value = new asn1.AttributeValue({ utf8String: commonName });
  const attribute = new asn1.AttributeTypeAndValue({ type: commonNameType, value });
  return new asn1.Name([new asn1.RelativeDistinguishedName([attribute])]);
}

function extension(extnID: string, value: object, isCritical = false): asn1.Extension {
  const extnValue = new OctetString(AsnConvert.serialize(value));
  return new asn1.Extension({ extnID, critical: isCritical, extnValue });
}

function critical(id: string, value: object): asn1.Extension {
  return extension(id, value, true);
}

/** A certificate's times have no parts of a second (RFC 5280, 4.1.2.5). */
function whole(time: number): Date {
  return new Date(Math.floor(time / 1000) * 1000);
}

/** SHA-1 of the public key's bits (RFC 5280, 4.2.1.2, method 1): an identifier, not a protection. */
function keyIdentifier(key: KeyObject): ArrayBuffer {
  const point = publicDer(key).subarray(-65);
  return bytes(createHash('sha1').update(point).digest());
}

function publicDer(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }) as Buffer;
}

/** A buffer of its own: Node's small ones are views of a shared pool. */
function bytes(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
