/** An S3 repository: what pgBackRest or S3 would refuse late, in the log of a pod. */
import { awsEndpoint } from '../normalise-backups';
import type { Check } from './check';
import { known } from './check';
import type { Problem } from './problem';
import { credentials } from './s3-credentials';
import { shown } from './words';

export type GivenRepository = NonNullable<Parameters<Check>[0]['args']['repositories']>[number];

export function* s3(given: GivenRepository, path: string): Iterable<Problem> {
  yield* bucket(given, path);
  yield* region(given, path);
  for (const key of ['endpoint', 'stsHost'] as const) yield* host(given[key], `${path}.${key}`);
  yield* prefix(known(given.prefix), `${path}.prefix`);
  if (given.verifyTls === false && given.caSecret !== undefined)
    yield {
      code: 'certificate-not-checked',
      path: `${path}.verifyTls`,
      found: 'false with caSecret',
      allowed: 'true with caSecret, which is there to check the certificate',
      instead: 'Leave verifyTls out.',
    };
  yield* credentials(given, path);
}

/** docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, "General purpose buckets". */
function* bucket(given: GivenRepository, path: string): Iterable<Problem> {
  const name = known(given.bucket);
  if (name === undefined) {
    if (given.bucket === undefined)
      yield {
        code: 'missing-argument',
        path: `${path}.bucket`,
        found: 'nothing',
        allowed: 'the name of a bucket',
      };
    return;
  }
  const plain = /^s3:\/\/([^/]+)/.exec(name)?.[1] ?? /^arn:[^:]*:s3:::([^/]+)/.exec(name)?.[1];
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..'))
    yield {
      code: 'bucket-name',
      path: `${path}.bucket`,
      found: shown(name),
      allowed: 'the name of a bucket: 3 to 63 small letters, digits, "-" and "."',
      ...(plain === undefined ? {} : { instead: `Write "${plain}"; a path goes to prefix.` }),
    };
  // The wildcard of a certificate covers one label (RFC 6125).
  else if (name.includes('.') && (given.uriStyle ?? (given.endpoint ? 'path' : 'host')) === 'host')
    yield {
      code: 'bucket-with-dots',
      path: `${path}.bucket`,
      found: `${shown(name)} with uriStyle: "host"`,
      allowed: 'a name without ".", since no certificate covers that host name',
      instead: 'Write uriStyle: "path".',
    };
}

function* region(given: GivenRepository, path: string): Iterable<Problem> {
  const name = known(given.region);
  if (name !== undefined && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return;
  if (name === undefined && given.region !== undefined) return;
  yield {
    code: name === undefined ? 'missing-argument' : 'region',
    path: `${path}.region`,
    found: name === undefined ? 'nothing' : shown(name),
    allowed: 'a region, for example "eu-central-1"; it is part of every signature',
    ...(given.endpoint === undefined
      ? {}
      : { instead: 'A server that has no regions mostly takes "us-east-1".' }),
  };
}

/** pgBackRest takes a host and a port; it speaks TLS and nothing else. */
function* host(given: string | undefined, path: string): Iterable<Problem> {
  const text = known(given);
  if (text === undefined || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/.test(text)) return;
  const [, scheme, rest] = /^(https?):\/\/([^/]+)/.exec(text) ?? [];
  yield {
    code: 'not-a-host',
    path,
    found: shown(text),
    allowed: `a host, and a port if it is not 443, for example "${awsEndpoint('eu-central-1')}"`,
    ...(scheme === undefined
      ? {}
      : {
          instead:
            scheme === 'https'
              ? `Write "${rest}".`
              : 'Backups travel by TLS only: let the server speak https.',
        }),
  };
}

function* prefix(text: string | undefined, path: string): Iterable<Problem> {
  if (text === undefined) return;
  const parts = text.replace(/^\/+|\/+$/g, '').split('/');
  // Others would have to be encoded in URLs, which servers of this protocol do differently.
  const odd = parts.some((part) => !/^[A-Za-z0-9._-]+$/.test(part) || /^\.+$/.test(part));
  if (odd && parts.join('') !== '')
    yield {
      code: 'prefix',
      path,
      found: shown(text),
      allowed:
        'names of letters, digits, ".", "_" and "-", with "/" between them, for example "backups/shop"',
    };
}
