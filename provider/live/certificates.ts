/**
 * The cluster's own CA, and certificates issued by it: ECDSA P-256, as Patroni, PostgreSQL and
 * libpq all take it. Written with node:crypto and 60 lines of DER, since @peculiar/x509 2 needs
 * a polyfill of the global `Reflect`, which is not ours to change in the process that Pulumi runs us in.
 */
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { bits, implicit, integer, octets, oid, sequence, set, tagged, time, utf8, yes } from './der';

export interface CertificateRequest {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** `serverAuth`, `clientAuth`. */
  readonly usages: readonly string[];
  readonly days: number;
}

/** PEM texts. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;
const usageOids: Readonly<Record<string, string>> = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};
const dayMs = 86_400_000;
/** Clocks differ: what is issued now must be valid on a node whose clock is a little behind. */
const backdateMs = 300_000;

/** A CA of ten years, or of `days`. */
export function createAuthority(commonName: string, days: number, now = new Date()): Issued {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = keyIdentifier(pair.publicKey);
  return {
    certificate: build({
      subject: name(commonName),
      issuer: name(commonName),
      publicKey: pair.publicKey,
      signer: pair.privateKey,
      days,
      now,
      extensions: [
        extension(oids.basicConstraints, sequence(yes(), integer(Buffer.from([0]))), true),
        extension(oids.keyUsage, bits(Buffer.from([0b0000_0110]), 1), true), // keyCertSign, cRLSign
        extension(oids.subjectKeyIdentifier, octets(id)),
      ],
    }),
    key: pem(pair.privateKey),
  };
}

export function issue(authority: Issued, request: CertificateRequest, now = new Date()): Issued {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = new X509Certificate(authority.certificate);
  const alternatives = [
    ...request.dnsNames.map((host) => implicit(2, Buffer.from(host, 'ascii'))),
    ...(request.ipAddresses ?? []).map((address) => implicit(7, addressBytes(address))),
  ];
  return {
    certificate: build({
      subject: name(request.commonName),
      issuer: name(commonNameOf(issuer)),
      publicKey: pair.publicKey,
      signer: createPrivateKey(authority.key),
      days: request.days,
      now,
      extensions: [
        extension(oids.basicConstraints, sequence(), true),
        extension(oids.keyUsage, bits(Buffer.from([0b1000_0000]), 7), true), // digitalSignature
        extension(oids.extendedKeyUsage, sequence(...request.usages.map((usage) => oid(usageOids[usage]!)))),
        ...(alternatives.length > 0 ? [extension(oids.subjectAltName, sequence(...alternatives))] : []),
        extension(oids.subjectKeyIdentifier, octets(keyIdentifier(pair.publicKey))),
        extension(oids.authorityKeyIdentifier, sequence(implicit(0, keyIdentifier(issuer.publicKey)))),
      ],
    }),
    key: pem(pair.privateKey),
  };
}

/** Why a certificate can't be kept, or undefined when it can. */
export function unfit(
  certificate: string,
  authority: string,
  request: CertificateRequest,
  now = new Date(),
): string | undefined {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(certificate);
  } catch {
    return 'it can not be read';
  }
  if (!leaf.verify(new X509Certificate(authority).publicKey)) return 'it is not of this CA';
  const end = new Date(leaf.validTo).getTime();
  if (end <= now.getTime()) return 'it has expired';
  // Two thirds of its time are over: the renewal inside the cluster would have replaced it.
  if (end - now.getTime() < (request.days * dayMs) / 3) return 'it expires soon';
  if (commonNameOf(leaf) !== request.commonName) return 'its common name has changed';
  const has = new Set((leaf.subjectAltName ?? '').split(', ').filter(Boolean).map(normalAlternative));
  const wants = new Set([
    ...request.dnsNames.map((host) => `DNS:${host}`),
    ...(request.ipAddresses ?? []).map((address) => normalAlternative(`IP Address:${address}`)),
  ]);
  if (has.size !== wants.size || [...wants].some((one) => !has.has(one))) return 'its names have changed';
  return undefined;
}

/** End of the validity of a certificate. */
export function notAfter(certificate: string): Date {
  return new Date(new X509Certificate(certificate).validTo);
}

function normalAlternative(text: string): string {
  return text.startsWith('IP Address:')
    ? `IP:${addressBytes(text.slice('IP Address:'.length)).toString('hex')}`
    : text;
}

function commonNameOf(certificate: X509Certificate): string {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '';
}

function name(commonName: string): Buffer {
  return sequence(set(sequence(oid(oids.commonName), utf8(commonName))));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [yes()] : []), octets(value));
}

function build(parts: {
  subject: Buffer;
  issuer: Buffer;
  publicKey: KeyObject;
  signer: KeyObject;
  days: number;
  now: Date;
  extensions: readonly Buffer[];
}): string {
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const start = parts.now.getTime();
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x40 | (randomBytes(1)[0]! & 0x3f)]), randomBytes(15)])),
    algorithm,
    parts.issuer,
    sequence(time(new Date(start - backdateMs)), time(new Date(start + parts.days * dayMs))),
    parts.subject,
    parts.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...parts.extensions)),
  );
  const der = sequence(body, algorithm, bits(sign('sha256', body, parts.signer)));
  const lines = der
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** SHA-1 of the public key's bits (RFC 5280, 4.2.1.2, method 1): an identifier, not a protection. */
function keyIdentifier(key: KeyObject): Buffer {
  const point = (key.export({ type: 'spki', format: 'der' }) as Buffer).subarray(-65);
  return createHash('sha1').update(point).digest();
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (!isIPv6(address)) throw new Error(`"${address}" is not an IP address.`);
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text ? text.split(':') : []);
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const all =
    tail === undefined
      ? before
      : [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}
