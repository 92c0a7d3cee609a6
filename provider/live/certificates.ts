/** Certificates as they are found in Secrets: read with node:crypto. Who makes them: issuing.ts. */
import { X509Certificate } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

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

const dayMs = 86_400_000;

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
