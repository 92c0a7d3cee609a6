/** Names that S3, IAM or pgBackRest would refuse, or that would open a policy wider than it reads. */
import { shown } from '../../cluster/validation/words';
import type { Problem } from '../../cluster/validation/problem';
import { known, type BucketCheck } from './check';

const bucketAllowed =
  '3 to 63 lower-case letters, digits and "-", with a letter or digit first and last (no ".": the certificate of S3 does not cover such names)';
/** From S3's "General purpose bucket naming rules". */
const reservedBeginnings = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const reservedEnds = ['-s3alias', '--ol-s3', '--x-s3', '--table-s3'];

export const bucketName: BucketCheck = function* (args) {
  const name = known(args.bucketName);
  if (name === undefined) return;
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name))
    yield { code: 'bucket-name', path: 'bucketName', found: shown(name), allowed: bucketAllowed };
  const reserved = [
    ...reservedBeginnings.filter((part) => name.startsWith(part)).map((part) => `${part}…`),
    ...reservedEnds.filter((part) => name.endsWith(part)).map((part) => `…${part}`),
  ][0];
  if (reserved !== undefined)
    yield {
      code: 'bucket-name-reserved',
      path: 'bucketName',
      found: shown(name),
      allowed: `a name other than ${reserved}, which S3 keeps for itself`,
    };
};

/** An existing bucket may have been named by older rules. */
const olderBucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export const otherBuckets: BucketCheck = function* (args) {
  for (const [path, name] of [
    ['existingBucket', known(args.existingBucket)],
    ['accessLog.bucket', known(args.accessLog?.bucket)],
  ] as const) {
    if (name === undefined || olderBucketName.test(name)) continue;
    yield {
      code: 'bucket-name',
      path,
      found: shown(name),
      allowed: 'the name of a bucket: 3 to 63 lower-case letters, digits, "-" and "."',
      ...(name.startsWith('arn:') ? { instead: 'Give the name, not the ARN.' } : {}),
    };
  }
};

const prefixAllowed =
  'at most 200 letters, digits, "-", "_" and ".", in parts with "/" between them, without "/" first or last';

export const prefixes: BucketCheck = function* (args) {
  const own = known(args.prefix);
  if (own !== undefined) yield* prefixProblems('prefix', own);
  for (const [n, other] of (known(args.readPrefixes) ?? []).entries()) {
    if (known(other) === undefined) continue;
    const path = `readPrefixes[${n}]`;
    yield* prefixProblems(path, other);
    if (own !== undefined && `${other}/`.startsWith(`${own}/`))
      yield {
        code: 'prefix-inside',
        path,
        found: shown(other),
        allowed: `a prefix outside of ${shown(own)}, which is written as well`,
      };
  }
};

function* prefixProblems(path: string, prefix: string): Iterable<Problem> {
  const parts = prefix.split('/');
  const fits = parts.every((part) => /^[A-Za-z0-9._-]+$/.test(part) && part !== '.' && part !== '..');
  if (fits && prefix.length <= 200) return;
  const trimmed = prefix.replace(/^\/+|\/+$/g, '');
  yield {
    code: 'prefix',
    path,
    found: shown(prefix),
    allowed: prefixAllowed,
    ...(/[*?$]/.test(prefix)
      ? { instead: 'A wildcard would open the policy to other objects.' }
      : trimmed !== prefix && trimmed !== ''
        ? { instead: `Write ${shown(trimmed)}.` }
        : {}),
  };
}

export const roleName: BucketCheck = function* (args) {
  const name = known(args.access?.roleName);
  if (name === undefined || /^[\w+=,.@-]{1,64}$/.test(name)) return;
  yield {
    code: 'role-name',
    path: 'access.roleName',
    found: shown(name),
    allowed: '1 to 64 letters, digits and any of _+=,.@-',
  };
};

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export const serviceAccounts: BucketCheck = function* (args) {
  for (const [n, account] of (known(args.access?.serviceAccounts) ?? []).entries()) {
    const namespace = known(account.namespace);
    if (namespace !== undefined && !label.test(namespace))
      yield exactName(`access.serviceAccounts[${n}].namespace`, namespace, 'namespace');
    const name = known(account.name);
    if (name !== undefined && (!subdomain.test(name) || name.length > 253))
      yield exactName(`access.serviceAccounts[${n}].name`, name, 'ServiceAccount');
  }
};

function exactName(path: string, found: string, kind: string): Problem {
  return {
    code: 'kubernetes-name',
    path,
    found: shown(found),
    allowed: `the exact name of a ${kind}: lower-case letters, digits and "-"`,
    ...(/[*?]/.test(found) ? { instead: 'A wildcard would let other pods in: name each one.' } : {}),
  };
}

const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export const tags: BucketCheck = function* (args) {
  const all = known(args.tags);
  if (all === undefined) return;
  if (Object.keys(all).length > 50)
    yield {
      code: 'tags',
      path: 'tags',
      found: `${Object.keys(all).length} tags`,
      allowed: 'at most 50, which is the limit of AWS',
    };
  for (const [key, value] of Object.entries(all)) {
    if (key === '' || key.length > 128 || !tagText.test(key) || /^aws:/i.test(key))
      yield {
        code: 'tag-name',
        path: 'tags',
        found: shown(key),
        allowed: '1 to 128 letters, digits, spaces and any of _.:/=+-@, not starting with "aws:"',
      };
    const text = known(value);
    if (text !== undefined && (text.length > 256 || !tagText.test(text)))
      yield {
        code: 'tag-value',
        path: `tags.${key}`,
        found: shown(text),
        allowed: 'at most 256 letters, digits, spaces and any of _.:/=+-@',
      };
  }
};
